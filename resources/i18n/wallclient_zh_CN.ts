<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>KeysDialog</name>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>LayoutBar</name>
    <message>
        <source>Saved views</source>
        <translation>已保存的视图</translation>
    </message>
    <message>
        <source>Views</source>
        <translation>视图</translation>
    </message>
</context>
<context>
    <name>LogInDialog</name>
    <message>
        <source>Log in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>Center</source>
        <translation>中心地址</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户名</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>MainWindow</name>
    <message>
        <source>Video Wall</source>
        <translation>视频墙 · 实时预览</translation>
    </message>
    <message>
        <source>Save the view</source>
        <translation>保存视图</translation>
    </message>
    <message>
        <source>Asking for the cameras of {name}…</source>
        <translation>正在获取 {name} 的摄像机…</translation>
    </message>
</context>
<context>
    <name>NameDialog</name>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>QuestionDialog</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>SettingsDialog</name>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>As the system</source>
        <translation>跟随系统</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Language</source>
        <translation>语言</translation>
    </message>
    <message>
        <source>Snapshot format</source>
        <translation>抓图格式</translation>
    </message>
    <message>
        <source>Snapshot folder</source>
        <translation>抓图保存位置</translation>
    </message>
    <message>
        <source>A new language is used from the next start.</source>
        <translation>语言更改将在下次启动后生效。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>StatusStrip</name>
    <message>
        <source>{playing} of {total} panes playing</source>
        <translation>预览中 {playing}/{total} 路</translation>
    </message>
    <message>
        <source>{count} without picture</source>
        <translation>{count} 路无画面</translation>
    </message>
    <message>
        <source>not logged in</source>
        <translation>未登录</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>已连接</translation>
    </message>
    <message>
        <source>does not answer</source>
        <translation>无响应</translation>
    </message>
</context>
<context>
    <name>Toast</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>TreePanel</name>
    <message>
        <source>Cameras</source>
        <translation>监控点</translation>
    </message>
    <message>
        <source>Reading the cameras…</source>
        <translation>正在读取监控点…</translation>
    </message>
    <message>
        <source>No cameras.</source>
        <translation>没有监控点。</translation>
    </message>
    <message>
        <source>Log in to see the cameras.</source>
        <translation>登录后显示监控点。</translation>
    </message>
</context>
<context>
    <name>ViewsDialog</name>
    <message>
        <source>Views</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>The marked view is opened at start. Without one, the last state is restored.</source>
        <translation>启动时打开带标记的视图；未标记时恢复上次的画面。</translation>
    </message>
    <message>
        <source>Open</source>
        <translation>打开</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Open at start</source>
        <translation>启动时打开</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>{count} panes</source>
        <translation>{count} 画面</translation>
    </message>
    <message>
        <source>Not at start</source>
        <translation>取消启动打开</translation>
    </message>
    <message>
        <source>Rename view</source>
        <translation>重命名视图</translation>
    </message>
    <message>
        <source>{name} is removed from the list.</source>
        <translation>将从列表中删除“{name}”。</translation>
    </message>
    <message>
        <source>Delete view</source>
        <translation>删除视图</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
</context>
<context>
    <name>pane_menu</name>
    <message>
        <source>Stream</source>
        <translation>码流</translation>
    </message>
    <message>
        <source>By size of the pane</source>
        <translation>按窗格大小自动选择</translation>
    </message>
</context>
<context>
    <name>shortcuts</name>
    <message>
        <source>Panes</source>
        <translation>窗格</translation>
    </message>
    <message>
        <source>Layouts and views</source>
        <translation>布局与视图</translation>
    </message>
    <message>
        <source>Window</source>
        <translation>窗口</translation>
    </message>
    <message>
        <source>Mouse</source>
        <translation>鼠标</translation>
    </message>
    <message>
        <source>Enlarge the pane, and back</source>
        <translation>窗格放大 / 还原</translation>
    </message>
    <message>
        <source>Back to all panes; leave full screen</source>
        <translation>返回多画面；退出全屏</translation>
    </message>
    <message>
        <source>Close the pane</source>
        <translation>关闭窗格</translation>
    </message>
    <message>
        <source>Close all panes</source>
        <translation>关闭全部窗格</translation>
    </message>
    <message>
        <source>Connect again now</source>
        <translation>立即重连</translation>
    </message>
    <message>
        <source>Sound on or off</source>
        <translation>打开 / 关闭声音</translation>
    </message>
    <message>
        <source>Stream information</source>
        <translation>码流信息</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <translation>抓图</translation>
    </message>
    <message>
        <source>Main or sub stream</source>
        <translation>主码流 / 子码流</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>电子放大</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>电子缩小</translation>
    </message>
    <message>
        <source>Whole picture</source>
        <translation>恢复完整画面</translation>
    </message>
    <message>
        <source>Pane to the left</source>
        <translation>左侧窗格</translation>
    </message>
    <message>
        <source>Pane to the right</source>
        <translation>右侧窗格</translation>
    </message>
    <message>
        <source>Pane above</source>
        <translation>上方窗格</translation>
    </message>
    <message>
        <source>Pane below</source>
        <translation>下方窗格</translation>
    </message>
    <message>
        <source>1 pane</source>
        <translation>1 画面</translation>
    </message>
    <message>
        <source>4 panes</source>
        <translation>4 画面</translation>
    </message>
    <message>
        <source>9 panes</source>
        <translation>9 画面</translation>
    </message>
    <message>
        <source>16 panes</source>
        <translation>16 画面</translation>
    </message>
    <message>
        <source>25 panes</source>
        <translation>25 画面</translation>
    </message>
    <message>
        <source>36 panes</source>
        <translation>36 画面</translation>
    </message>
    <message>
        <source>49 panes</source>
        <translation>49 画面</translation>
    </message>
    <message>
        <source>64 panes</source>
        <translation>64 画面</translation>
    </message>
    <message>
        <source>Layout with fewer panes</source>
        <translation>减少画面数</translation>
    </message>
    <message>
        <source>Layout with more panes</source>
        <translation>增加画面数</translation>
    </message>
    <message>
        <source>Save the view</source>
        <translation>保存视图</translation>
    </message>
    <message>
        <source>Open a view</source>
        <translation>打开视图</translation>
    </message>
    <message>
        <source>Full screen</source>
        <translation>全屏</translation>
    </message>
    <message>
        <source>Camera tree on or off</source>
        <translation>显示 / 隐藏监控点</translation>
    </message>
    <message>
        <source>Read the camera tree again</source>
        <translation>刷新监控点</translation>
    </message>
    <message>
        <source>Between camera tree and panes</source>
        <translation>监控点与窗格间切换</translation>
    </message>
    <message>
        <source>New window on the next screen</source>
        <translation>在下一屏新建窗口</translation>
    </message>
    <message>
        <source>Close the window</source>
        <translation>关闭窗口</translation>
    </message>
    <message>
        <source>Log in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>Settings</source>
        <translation>设置</translation>
    </message>
    <message>
        <source>Keys</source>
        <translation>快捷键</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Click</source>
        <translation>单击</translation>
    </message>
    <message>
        <source>Select the pane</source>
        <translation>选中窗格</translation>
    </message>
    <message>
        <source>Double click</source>
        <translation>双击</translation>
    </message>
    <message>
        <source>Drag</source>
        <translation>拖动</translation>
    </message>
    <message>
        <source>Swap two panes; move a zoomed picture</source>
        <translation>交换两个窗格；移动已放大的画面</translation>
    </message>
    <message>
        <source>Wheel</source>
        <translation>滚轮</translation>
    </message>
    <message>
        <source>Digital zoom at the pointer</source>
        <translation>以光标为中心电子放大</translation>
    </message>
    <message>
        <source>Middle double click</source>
        <translation>中键双击</translation>
    </message>
</context>
<context>
    <name>text</name>
    <message>
        <source>The camera sends no new pictures.</source>
        <translation>摄像机未送来新画面。</translation>
    </message>
    <message>
        <source>The media server refuses connections.</source>
        <translation>流媒体服务器拒绝连接。</translation>
    </message>
    <message>
        <source>The media server can&apos;t be reached.</source>
        <translation>无法访问流媒体服务器。</translation>
    </message>
    <message>
        <source>The media server does not answer.</source>
        <translation>流媒体服务器无响应。</translation>
    </message>
    <message>
        <source>The media server refuses the user name or password.</source>
        <translation>流媒体用户名或密码错误。</translation>
    </message>
    <message>
        <source>This camera does not exist any more.</source>
        <translation>该摄像机已不存在。</translation>
    </message>
    <message>
        <source>You are not permitted to watch this camera.</source>
        <translation>没有查看该摄像机的权限。</translation>
    </message>
    <message>
        <source>The stream can&apos;t be decoded.</source>
        <translation>码流无法解码。</translation>
    </message>
    <message>
        <source>The media server ended the stream.</source>
        <translation>流媒体服务器结束了码流。</translation>
    </message>
    <message>
        <source>The center does not answer.</source>
        <translation>中心无响应。</translation>
    </message>
    <message>
        <source>The center offers no stream this computer can play.</source>
        <translation>中心没有本机可播放的码流。</translation>
    </message>
    <message>
        <source>The player failed and is started again.</source>
        <translation>播放进程异常，正在重启。</translation>
    </message>
    <message>
        <source>The camera is offline.</source>
        <translation>摄像机离线。</translation>
    </message>
    <message>
        <source>You are signed out.</source>
        <translation>登录已失效。</translation>
    </message>
    <message>
        <source>Empty</source>
        <translation>空闲</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>Live</source>
        <translation>预览中</translation>
    </message>
    <message>
        <source>Picture stopped</source>
        <translation>画面停止</translation>
    </message>
    <message>
        <source>Connection lost</source>
        <translation>连接中断</translation>
    </message>
    <message>
        <source>Can&apos;t be shown</source>
        <translation>无法预览</translation>
    </message>
    <message>
        <source>The user name or the password is wrong, or your session has ended.</source>
        <translation>用户名或密码错误，或登录已失效。</translation>
    </message>
    <message>
        <source>You are not permitted to do this.</source>
        <translation>没有执行此操作的权限。</translation>
    </message>
    <message>
        <source>The center does not know this any more.</source>
        <translation>中心已没有该对象。</translation>
    </message>
    <message>
        <source>The center is busy. Please try again in a moment.</source>
        <translation>中心繁忙，请稍后再试。</translation>
    </message>
    <message>
        <source>The center does not answer. Check the address and the network.</source>
        <translation>中心无响应，请检查地址和网络。</translation>
    </message>
    <message>
        <source>The center&apos;s answer can&apos;t be understood. Is the address right?</source>
        <translation>无法识别中心的应答，请确认地址是否正确。</translation>
    </message>
    <message>
        <source>This address can&apos;t be used. It starts with http:// or https://.</source>
        <translation>地址无效，应以 http:// 或 https:// 开头。</translation>
    </message>
    <message>
        <source>There is no moving picture to keep.</source>
        <translation>当前没有可抓取的实时画面。</translation>
    </message>
    <message>
        <source>The file can&apos;t be written. Check free space and permissions.</source>
        <translation>文件无法写入，请检查磁盘空间和权限。</translation>
    </message>
    <message>
        <source>This did not work.</source>
        <translation>操作未成功。</translation>
    </message>
    <message>
        <source>{subject}: {error}</source>
        <translation>{subject}：{error}</translation>
    </message>
    <message>
        <source>Snapshot saved: {subject}</source>
        <translation>抓图已保存：{subject}</translation>
    </message>
    <message>
        <source>No snapshot of {subject}. {error}</source>
        <translation>{subject} 抓图失败。{error}</translation>
    </message>
    <message>
        <source>No snapshot: {subject} shows no picture.</source>
        <translation>无法抓图：{subject} 当前无画面。</translation>
    </message>
    <message>
        <source>{subject}: {shown} of {total} cameras shown, no more panes.</source>
        <translation>{subject}：窗格已满，显示 {shown}/{total} 路。</translation>
    </message>
    <message>
        <source>{subject} has no cameras.</source>
        <translation>{subject} 下没有摄像机。</translation>
    </message>
    <message>
        <source>View saved: {subject}</source>
        <translation>视图已保存：{subject}</translation>
    </message>
    <message>
        <source>View {subject}: {shown} of {total} cameras could be opened.</source>
        <translation>视图 {subject}：打开 {shown}/{total} 路。</translation>
    </message>
    <message>
        <source>A damaged file was kept as {subject}; defaults are used.</source>
        <translation>文件已损坏，保留为 {subject}，已使用默认设置。</translation>
    </message>
    <message>
        <source>{subject} does not answer. Trying again.</source>
        <translation>{subject} 无响应，正在重试。</translation>
    </message>
    <message>
        <source>{subject} is back.</source>
        <translation>{subject} 已恢复连接。</translation>
    </message>
    <message>
        <source>{subject} has no audio.</source>
        <translation>{subject} 没有声音。</translation>
    </message>
    <message>
        <source>Picture stopped at {time}</source>
        <translation>画面停止于 {time}</translation>
    </message>
    <message>
        <source>Connecting again…</source>
        <translation>正在重新连接…</translation>
    </message>
    <message>
        <source>Next try in {seconds} s</source>
        <translation>{seconds} 秒后重试</translation>
    </message>
    <message>
        <source>{count} panes</source>
        <translation>{count} 画面</translation>
    </message>
    <message>
        <source>Main stream</source>
        <translation>主码流</translation>
    </message>
    <message>
        <source>Sub stream</source>
        <translation>子码流</translation>
    </message>
    <message>
        <source>{fps} pictures/s</source>
        <translation>{fps} 帧/秒</translation>
    </message>
    <message>
        <source>Latency {ms} ms</source>
        <translation>延时 {ms} 毫秒</translation>
    </message>
    <message>
        <source>Lost pictures {count}</source>
        <translation>丢帧 {count}</translation>
    </message>
</context>
</TS>
