<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN">
<context>
    <name>AbilityTable</name>
    <message>
        <source>What a center can do stands here.</source>
        <translation>此处显示中心支持的功能。</translation>
    </message>
    <message>
        <source>What {center} can do is known after the log-in.</source>
        <translation>登录后才能知道{center}支持哪些功能。</translation>
    </message>
    <message>
        <source>What can be done with the cameras of {center}</source>
        <translation>{center}的摄像机支持的功能</translation>
    </message>
</context>
<context>
    <name>AlarmDesk</name>
    <message>
        <source>There is no playback in this window.</source>
        <translation>本窗口不能回放。</translation>
    </message>
    <message>
        <source>Alarms that nobody has acknowledged (F4)</source>
        <translation>未确认的报警 (F4)</translation>
    </message>
</context>
<context>
    <name>AlarmModel</name>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>摄像机</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Times</source>
        <translation>次数</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Center&apos;s words</source>
        <translation>平台描述</translation>
    </message>
</context>
<context>
    <name>AlarmsDialog</name>
    <message>
        <source>Alarms</source>
        <translation>报警</translation>
    </message>
    <message>
        <source>Show live</source>
        <translation>查看实时</translation>
    </message>
    <message>
        <source>Playback from then</source>
        <translation>回放当时</translation>
    </message>
    <message>
        <source>Acknowledge</source>
        <translation>确认</translation>
    </message>
    <message>
        <source>Acknowledge all</source>
        <translation>全部确认</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>No alarm waits.</source>
        <translation>没有待确认的报警。</translation>
    </message>
    <message>
        <source>{count} wait to be acknowledged.</source>
        <translation>{count} 条待确认。</translation>
    </message>
    <message>
        <source>{count} older ones had to make room; the center has them.</source>
        <translation>{count} 条较早的已移出列表，可在平台查询。</translation>
    </message>
</context>
<context>
    <name>AlternateRow</name>
    <message>
        <source>All cameras</source>
        <translation>全部监控点</translation>
    </message>
    <message>
        <source>The digits the GB/T 28181 codes of the cameras begin with</source>
        <translation>监控点国标编码的开头数字</translation>
    </message>
    <message>
        <source>Try earlier</source>
        <translation>提前尝试</translation>
    </message>
    <message>
        <source>Try later</source>
        <translation>延后尝试</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
</context>
<context>
    <name>AlternatesDialog</name>
    <message>
        <source>Centers that stand in</source>
        <translation>备用中心</translation>
    </message>
    <message>
        <source>While {name} gives no picture of a camera, the same camera is shown over the first of these centers that has it. It is known by its GB/T 28181 code. Sign in at all of them at the start of the shift.</source>
        <translation>{name}的监控点无画面时，由下列第一个有该监控点的中心接替显示。同一监控点按国标编码识别。请在接班时登录所有备用中心。</translation>
    </message>
    <message>
        <source>Add a center</source>
        <translation>添加备用中心</translation>
    </message>
    <message>
        <source>500103 means the cameras of that district, 50010301 those of that station; empty means all.</source>
        <translation>500103 表示该区县的监控点，50010301 表示该派出所的监控点；留空表示全部。</translation>
    </message>
    <message>
        <source>There is no other center yet. Add one to the list of centers first.</source>
        <translation>还没有其他中心。请先在中心列表中添加。</translation>
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
    <name>AreaEditor</name>
    <message>
        <source>Areas to search in</source>
        <translation>要搜索的区域</translation>
    </message>
</context>
<context>
    <name>BookmarkDialog</name>
    <message>
        <source>Bookmark</source>
        <translation>书签</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>What was to be seen</source>
        <translation>画面内容说明</translation>
    </message>
    <message>
        <source>Person</source>
        <translation>人员</translation>
    </message>
    <message>
        <source>Vehicle</source>
        <translation>车辆</translation>
    </message>
    <message>
        <source>Traffic</source>
        <translation>交通</translation>
    </message>
    <message>
        <source>Gathering</source>
        <translation>聚集</translation>
    </message>
    <message>
        <source>Fire</source>
        <translation>火情</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>Category</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>For all {count} cameras in playback</source>
        <translation>用于回放中的全部 {count} 路摄像机</translation>
    </message>
    <message>
        <source>Visible to other operators</source>
        <translation>其他值班员可见</translation>
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
    <name>BookmarksDialog</name>
    <message>
        <source>Bookmarks</source>
        <translation>书签</translation>
    </message>
    <message>
        <source>Title, text, category or who made it</source>
        <translation>标题、说明、类别或创建人</translation>
    </message>
    <message>
        <source>Moment</source>
        <translation>时刻</translation>
    </message>
    <message>
        <source>Length</source>
        <translation>时长</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Category</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>By</source>
        <translation>创建人</translation>
    </message>
    <message>
        <source>There are no bookmarks of the cameras on the wall. B makes one.</source>
        <translation>墙上的摄像机还没有书签。按 B 键添加。</translation>
    </message>
    <message>
        <source>Go there</source>
        <translation>跳转</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Add to a case…</source>
        <translation>加入案件…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>CameraDesk</name>
    <message>
        <source>Into the selected pane</source>
        <translation>放到选中的窗格</translation>
    </message>
    <message>
        <source>No favourite any more</source>
        <translation>取消收藏</translation>
    </message>
    <message>
        <source>Favourite</source>
        <translation>收藏</translation>
    </message>
    <message>
        <source>Show in the tree</source>
        <translation>在树中定位</translation>
    </message>
    <message>
        <source>Details…</source>
        <translation>详细信息…</translation>
    </message>
</context>
<context>
    <name>CameraDetails</name>
    <message>
        <source>Without a name</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Belongs to</source>
        <translation>所属</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>种类</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Cameras</source>
        <translation>监控点</translation>
    </message>
    <message>
        <source>{online} of {total} online</source>
        <translation>共 {total} 个，在线 {online} 个</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>场所</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>坐标</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>国标编码</translation>
    </message>
    <message>
        <source>Civil code</source>
        <translation>行政区划</translation>
    </message>
    <message>
        <source>unknown</source>
        <translation>未知</translation>
    </message>
    <message>
        <source>Industry</source>
        <translation>行业</translation>
    </message>
    <message>
        <source>Type</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>Serial number</source>
        <translation>序号</translation>
    </message>
    <message>
        <source>Region</source>
        <translation>所在区划</translation>
    </message>
    <message>
        <source>Sound</source>
        <translation>声音</translation>
    </message>
    <message>
        <source>yes</source>
        <translation>有</translation>
    </message>
    <message>
        <source>no</source>
        <translation>无</translation>
    </message>
    <message>
        <source>You may</source>
        <translation>您的权限</translation>
    </message>
    <message>
        <source>Key at the center</source>
        <translation>中心内标识</translation>
    </message>
    <message>
        <source>Original name</source>
        <translation>原始名称</translation>
    </message>
    <message>
        <source>Original code</source>
        <translation>原始编码</translation>
    </message>
</context>
<context>
    <name>CameraPasswordDialog</name>
    <message>
        <source>Password of the camera</source>
        <translation>摄像机密码</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>摄像机</translation>
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
        <source>It is kept in the keyring of this computer, for all cameras of the list that share it.</source>
        <translation>密码存入本机密钥环，清单中共用此密码的摄像机一并生效。</translation>
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
    <name>CaseDesk</name>
    <message>
        <source>Delete the case “{title}”? Its bookmarks and files stay.</source>
        <translation>删除案件“{title}”？其中的书签和文件会保留。</translation>
    </message>
    <message>
        <source>Delete case</source>
        <translation>删除案件</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
    <message>
        <source>Add files to the case</source>
        <translation>向案件添加文件</translation>
    </message>
    <message>
        <source>The exports of this case are no longer in the list of exports; export them again to pack them.</source>
        <translation>本案件的导出任务已不在导出列表中，请重新导出后再打包。</translation>
    </message>
</context>
<context>
    <name>CaseDialog</name>
    <message>
        <source>Case</source>
        <translation>案件</translation>
    </message>
    <message>
        <source>New case</source>
        <translation>新建案件</translation>
    </message>
    <message>
        <source>Visible to other operators</source>
        <translation>其他操作员可见</translation>
    </message>
    <message>
        <source>Center: {name}</source>
        <translation>中心：{name}</translation>
    </message>
    <message>
        <source>This computer only</source>
        <translation>仅本机</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>Case number</source>
        <translation>案件编号</translation>
    </message>
    <message>
        <source>Text</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Kept by</source>
        <translation>保存位置</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>A case of this computer is seen here only.</source>
        <translation>保存在本机的案件只有本机可见。</translation>
    </message>
</context>
<context>
    <name>CasesDialog</name>
    <message>
        <source>Cases</source>
        <translation>案件</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Number, title or text</source>
        <translation>编号、标题或说明</translation>
    </message>
    <message>
        <source>New case…</source>
        <translation>新建案件…</translation>
    </message>
    <message>
        <source>What</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Moment</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>摄像机</translation>
    </message>
    <message>
        <source>Title</source>
        <translation>标题</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Nothing yet. Bookmarks, snapshots and finished exports can be added, or gathered as they are made.</source>
        <translation>暂无内容。可以加入书签、截图和已完成的导出，也可以开启自动归集。</translation>
    </message>
    <message>
        <source>Play back</source>
        <translation>回放</translation>
    </message>
    <message>
        <source>Open file</source>
        <translation>打开文件</translation>
    </message>
    <message>
        <source>Take out</source>
        <translation>移出案件</translation>
    </message>
    <message>
        <source>Add files…</source>
        <translation>添加文件…</translation>
    </message>
    <message>
        <source>Gather here</source>
        <translation>自动归集到此</translation>
    </message>
    <message>
        <source>Bookmarks, snapshots of footage and exports go into this case as they are made</source>
        <translation>此后新建的书签、录像截图和导出自动归入本案件</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Close case</source>
        <translation>结案</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Evidence package…</source>
        <translation>制作证据包…</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>已结案</translation>
    </message>
    <message>
        <source>gathers</source>
        <translation>归集中</translation>
    </message>
    <message>
        <source>No case is chosen.</source>
        <translation>未选择案件。</translation>
    </message>
    <message>
        <source>this computer</source>
        <translation>本机</translation>
    </message>
    <message>
        <source>kept by {name}</source>
        <translation>保存于{name}</translation>
    </message>
    <message>
        <source>shared</source>
        <translation>共享</translation>
    </message>
    <message>
        <source>private</source>
        <translation>私有</translation>
    </message>
    <message>
        <source>changes wait for the center</source>
        <translation>有改动待上报中心</translation>
    </message>
    <message>
        <source>Open case again</source>
        <translation>重新立案</translation>
    </message>
    <message>
        <source>Only exports made on this computer can be packed</source>
        <translation>只有本机完成的导出才能打包</translation>
    </message>
</context>
<context>
    <name>CenterDesk</name>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Log in…</source>
        <translation>登录…</translation>
    </message>
    <message>
        <source>Log out</source>
        <translation>退出登录</translation>
    </message>
    <message>
        <source>Centers…</source>
        <translation>中心…</translation>
    </message>
</context>
<context>
    <name>CenterDialog</name>
    <message>
        <source>Add center</source>
        <translation>添加中心</translation>
    </message>
    <message>
        <source>Edit center</source>
        <translation>编辑中心</translation>
    </message>
    <message>
        <source>As the center calls itself</source>
        <translation>使用中心自己的名称</translation>
    </message>
    <message>
        <source>The authorities this computer trusts</source>
        <translation>本机信任的证书机构</translation>
    </message>
    <message>
        <source>As the center says</source>
        <translation>按平台给出的地址</translation>
    </message>
    <message>
        <source>Takes the place of the host in addresses of streams, where the center names one only it can reach</source>
        <translation>平台给出的取流地址在本机无法访问时，用此主机代替其中的主机</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类型</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Own authority</source>
        <translation>自有证书机构</translation>
    </message>
    <message>
        <source>Host of streams</source>
        <translation>流媒体主机</translation>
    </message>
    <message>
        <source>Test</source>
        <translation>测试</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Asking the center…</source>
        <translation>正在询问中心…</translation>
    </message>
    <message>
        <source>Take it as “{kind}”</source>
        <translation>改为“{kind}”</translation>
    </message>
    <message>
        <source>Save all the same</source>
        <translation>仍然保存</translation>
    </message>
    <message>
        <source>Certificate of the authority</source>
        <translation>证书机构的证书</translation>
    </message>
    <message>
        <source>Certificates (*.pem *.crt *.cer)</source>
        <translation>证书 (*.pem *.crt *.cer)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
</context>
<context>
    <name>CentersDialog</name>
    <message>
        <source>Centers</source>
        <translation>中心</translation>
    </message>
    <message>
        <source>Add…</source>
        <translation>添加…</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Log in…</source>
        <translation>登录…</translation>
    </message>
    <message>
        <source>Stand-ins…</source>
        <translation>备用中心…</translation>
    </message>
    <message>
        <source>Remove…</source>
        <translation>移除…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>address not usable</source>
        <translation>地址不可用</translation>
    </message>
    <message>
        <source>not encrypted</source>
        <translation>未加密</translation>
    </message>
    <message>
        <source>Log out</source>
        <translation>退出登录</translation>
    </message>
    <message>
        <source>No log-in is needed: these cameras are kept on this computer.</source>
        <translation>无需登录：这些摄像机保存在本机。</translation>
    </message>
    <message>
        <source>{name} is removed from this computer, with the copy of its camera tree and everything the keyring holds for it. Views keep their other cameras.</source>
        <translation>将从本机移除 {name}，包括其摄像机目录的本地副本和密钥环中保存的全部登录信息。视图中的其他摄像机保留不变。</translation>
    </message>
    <message>
        <source>Remove center</source>
        <translation>移除中心</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
</context>
<context>
    <name>ChooseCaseDialog</name>
    <message>
        <source>Add to a case</source>
        <translation>加入案件</translation>
    </message>
    <message>
        <source>A new case…</source>
        <translation>新案件…</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>加入</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>DuePanel</name>
    <message>
        <source>From now on begin this plan&apos;s rounds by themselves</source>
        <translation>今后该计划到点自动开始</translation>
    </message>
    <message>
        <source>Round broken off: {plan}</source>
        <translation>巡查中断：{plan}</translation>
    </message>
    <message>
        <source>The program ended in the middle of it. Last record {time}, by {name}.</source>
        <translation>程序在巡查途中退出。最后一条记录：{time}，{name}。</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Close it</source>
        <translation>结束该次巡查</translation>
    </message>
    <message>
        <source>Round due: {plan}</source>
        <translation>巡查到点：{plan}</translation>
    </message>
    <message>
        <source>after the round under way</source>
        <translation>当前巡查结束后</translation>
    </message>
    <message>
        <source>counts as not made from {time}</source>
        <translation>{time} 后计为未执行</translation>
    </message>
    <message>
        <source>{count} more are due</source>
        <translation>另有 {count} 个到点</translation>
    </message>
    <message>
        <source>In {minutes} min</source>
        <translation>{minutes} 分钟后</translation>
    </message>
    <message>
        <source>Begin  Ctrl+Enter</source>
        <translation>开始  Ctrl+Enter</translation>
    </message>
    <message>
        <source>Not this time…</source>
        <translation>本次不巡…</translation>
    </message>
</context>
<context>
    <name>EvidenceDialog</name>
    <message>
        <source>Evidence package</source>
        <translation>证据包</translation>
    </message>
    <message>
        <source>{count} files, {size}, signed with the key of {who} on this computer.</source>
        <translation>{count} 个文件，共 {size}，将以 {who} 在本机的密钥签名。</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>Case number</source>
        <translation>案件编号</translation>
    </message>
    <message>
        <source>Case title</source>
        <translation>案件名称</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>事由</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>证据包</translation>
    </message>
    <message>
        <source>Key</source>
        <translation>密钥指纹</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Copy SHA-256</source>
        <translation>复制 SHA-256</translation>
    </message>
    <message>
        <source>Save public key…</source>
        <translation>保存公钥…</translation>
    </message>
    <message>
        <source>Verify it</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>Give the fingerprint of the key to the receiver by another way than the package.</source>
        <translation>请通过证据包以外的途径将密钥指纹告知接收方。</translation>
    </message>
    <message>
        <source>Make the package</source>
        <translation>制作证据包</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Saved: {path}</source>
        <translation>已保存：{path}</translation>
    </message>
    <message>
        <source>Folder of the package</source>
        <translation>证据包文件夹</translation>
    </message>
</context>
<context>
    <name>ExportBar</name>
    <message>
        <source>PDF…</source>
        <translation>导出 PDF…</translation>
    </message>
    <message>
        <source>Excel…</source>
        <translation>导出 Excel…</translation>
    </message>
</context>
<context>
    <name>ExportDesk</name>
    <message>
        <source>Another folder for the export</source>
        <translation>另选导出文件夹</translation>
    </message>
    <message>
        <source>{camera}: the center hands out recordings only with a reason. It is kept in the audit trail.</source>
        <translation>{camera}：该中心要求说明调取录像的事由，事由将记入审计日志。</translation>
    </message>
    <message>
        <source>Incident investigation</source>
        <translation>案事件调查</translation>
    </message>
    <message>
        <source>Request by the police</source>
        <translation>公安机关调取</translation>
    </message>
    <message>
        <source>Reason for the export</source>
        <translation>导出事由</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
</context>
<context>
    <name>ExportDialog</name>
    <message>
        <source>Export recordings</source>
        <translation>导出录像</translation>
    </message>
    <message>
        <source>Also make a copy with name, time and operator above the picture</source>
        <translation>另存一份叠加副本（画面上方注明名称、时间、操作员）</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>From – to</source>
        <translation>起止时间</translation>
    </message>
    <message>
        <source>Folder</source>
        <translation>文件夹</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>事由</translation>
    </message>
    <message>
        <source>The original stream is kept as it is, in MP4 files (Matroska where MP4 can&apos;t carry it); a file begins at the key picture before the range. Gaps in the recording make separate files.</source>
        <translation>原始码流不转码，存为 MP4（MP4 无法封装时为 MKV）；文件从起始时间之前的关键帧开始，录像中断处分为多个文件。</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Incident investigation</source>
        <translation>案事件调查</translation>
    </message>
    <message>
        <source>Request by the police</source>
        <translation>公安机关调取</translation>
    </message>
    <message>
        <source>Request by another authority</source>
        <translation>其他单位调取</translation>
    </message>
    <message>
        <source>Check of the recording</source>
        <translation>录像检查</translation>
    </message>
    <message>
        <source>Kept in the audit trail</source>
        <translation>记入审计日志</translation>
    </message>
    <message>
        <source>{center} hands out recordings only with a reason. It is kept in the audit trail.</source>
        <translation>{center} 要求说明调取录像的事由，事由将记入审计日志。</translation>
    </message>
    <message>
        <source>Asking the center…</source>
        <translation>正在询问中心…</translation>
    </message>
    <message>
        <source>The end is before the beginning.</source>
        <translation>结束时间早于开始时间。</translation>
    </message>
    <message>
        <source>about {size}</source>
        <translation>约 {size}</translation>
    </message>
    <message>
        <source>{size} free</source>
        <translation>可用空间 {size}</translation>
    </message>
    <message>
        <source>Folder of the export</source>
        <translation>导出文件夹</translation>
    </message>
</context>
<context>
    <name>ExportLabel</name>
    <message>
        <source>Exports</source>
        <translation>录像导出</translation>
    </message>
    <message>
        <source>Failed exports: {count}</source>
        <translation>导出失败：{count} 个</translation>
    </message>
    <message>
        <source>Export {percent} %</source>
        <translation>导出 {percent}%</translation>
    </message>
    <message>
        <source>Export {number} of {total}: {percent} %</source>
        <translation>导出第 {number}/{total} 个：{percent}%</translation>
    </message>
</context>
<context>
    <name>ExportModel</name>
    <message>
        <source>Cameras</source>
        <translation>摄像机</translation>
    </message>
    <message>
        <source>Footage</source>
        <translation>录像时段</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Progress</source>
        <translation>进度</translation>
    </message>
    <message>
        <source>Files: {count}</source>
        <translation>文件：{count} 个</translation>
    </message>
</context>
<context>
    <name>Exporter</name>
    <message>
        <source>Save report</source>
        <translation>保存报告</translation>
    </message>
</context>
<context>
    <name>ExportsDialog</name>
    <message>
        <source>Exports</source>
        <translation>录像导出</translation>
    </message>
    <message>
        <source>Nothing has been exported yet. Mark a range on the timeline with [ and ], then press “Export”.</source>
        <translation>尚无导出任务。请在时间轴上用 [ 和 ] 选定时段，再点“导出”。</translation>
    </message>
    <message>
        <source>File</source>
        <translation>文件</translation>
    </message>
    <message>
        <source>Shows</source>
        <translation>内容时段</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Cancel the export</source>
        <translation>取消导出</translation>
    </message>
    <message>
        <source>Remove from the list</source>
        <translation>从列表移除</translation>
    </message>
    <message>
        <source>Open folder</source>
        <translation>打开文件夹</translation>
    </message>
    <message>
        <source>Add to a case…</source>
        <translation>加入案件…</translation>
    </message>
    <message>
        <source>Evidence package…</source>
        <translation>制作证据包…</translation>
    </message>
    <message>
        <source>Verify a package…</source>
        <translation>校验证据包…</translation>
    </message>
    <message>
        <source>Public key…</source>
        <translation>公钥…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>by {who}</source>
        <translation>操作员：{who}</translation>
    </message>
    <message>
        <source>reason: {reason}</source>
        <translation>事由：{reason}</translation>
    </message>
</context>
<context>
    <name>FilmStrip</name>
    <message>
        <source>Pictures across the time in sight</source>
        <translation>所见时段的缩略图</translation>
    </message>
    <message>
        <source>Select a camera with footage</source>
        <translation>请选择有录像的摄像机</translation>
    </message>
</context>
<context>
    <name>FilterBar</name>
    <message>
        <source>Administrative regions instead of business groups</source>
        <translation>按行政区划显示，而不是业务分组</translation>
    </message>
    <message>
        <source>Order</source>
        <translation>排序</translation>
    </message>
    <message>
        <source>Only cameras that are online</source>
        <translation>仅在线监控点</translation>
    </message>
    <message>
        <source>Only favourites</source>
        <translation>仅收藏</translation>
    </message>
    <message>
        <source>Only cameras shown lately</source>
        <translation>仅最近查看</translation>
    </message>
    <message>
        <source>Only some kinds of cameras</source>
        <translation>按种类筛选</translation>
    </message>
    <message>
        <source>Place</source>
        <translation>场所</translation>
    </message>
    <message>
        <source>Belongs to</source>
        <translation>所属</translation>
    </message>
    <message>
        <source>All cameras</source>
        <translation>全部监控点</translation>
    </message>
</context>
<context>
    <name>FindingPanel</name>
    <message>
        <source>What was found (may be left empty)</source>
        <translation>情况说明（可不填）</translation>
    </message>
    <message>
        <source>File finding  Enter</source>
        <translation>上报  Enter</translation>
    </message>
    <message>
        <source>Cancel  Esc</source>
        <translation>取消  Esc</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>发现问题</translation>
    </message>
    <message>
        <source>Choose a kind first: press its digit.</source>
        <translation>请先按数字键选择类别。</translation>
    </message>
    <message>
        <source>No picture could be taken. The finding is filed without one.</source>
        <translation>未能截图，将不带截图上报。</translation>
    </message>
    <message>
        <source>Press a digit for the kind; Alt and a digit to change it.</source>
        <translation>按数字键选类别，Alt+数字键可更改。</translation>
    </message>
</context>
<context>
    <name>FindingsModel</name>
    <message>
        <source>Row</source>
        <translation>行</translation>
    </message>
    <message>
        <source>Column</source>
        <translation>列</translation>
    </message>
    <message>
        <source>What is wrong</source>
        <translation>问题</translation>
    </message>
    <message>
        <source>Cell</source>
        <translation>单元格内容</translation>
    </message>
</context>
<context>
    <name>FindingsPage</name>
    <message>
        <source>Time</source>
        <translation>发现时间</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>点位</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Found by</source>
        <translation>发现人</translation>
    </message>
    <message>
        <source>also those closed</source>
        <translation>包括已处理的</translation>
    </message>
    <message>
        <source>Close finding…</source>
        <translation>办结…</translation>
    </message>
    <message>
        <source>closed</source>
        <translation>已处理</translation>
    </message>
    <message>
        <source>No open findings.</source>
        <translation>没有未处理的问题。</translation>
    </message>
    <message>
        <source>Closed {time} by {name}: {remark}</source>
        <translation>{name} 于 {time} 办结：{remark}</translation>
    </message>
    <message>
        <source>No picture</source>
        <translation>无截图</translation>
    </message>
    <message>
        <source>Dealt with on site</source>
        <translation>已现场处置</translation>
    </message>
    <message>
        <source>Handed to the police station in charge</source>
        <translation>已转属地派出所</translation>
    </message>
    <message>
        <source>False alarm</source>
        <translation>误报</translation>
    </message>
    <message>
        <source>Repair ordered</source>
        <translation>已报修</translation>
    </message>
    <message>
        <source>How was it settled? The remark goes into the report and the hand-over.</source>
        <translation>如何处理的？处理情况会写入巡查报告和交接班记录。</translation>
    </message>
    <message>
        <source>Close finding</source>
        <translation>办结问题</translation>
    </message>
</context>
<context>
    <name>FootageSearchDesk</name>
    <message>
        <source>Contact sheet from here…</source>
        <translation>从此处生成缩略图一览…</translation>
    </message>
    <message>
        <source>Search for movement from here…</source>
        <translation>从此处搜索移动侦测…</translation>
    </message>
    <message>
        <source>Contact sheet…	Shift+S</source>
        <translation>缩略图一览…	Shift+S</translation>
    </message>
    <message>
        <source>Search for movement…	Shift+M</source>
        <translation>移动侦测搜索…	Shift+M</translation>
    </message>
    <message>
        <source>Film strip	Shift+T</source>
        <translation>缩略图条	Shift+T</translation>
    </message>
    <message>
        <source>This hour</source>
        <translation>本小时</translation>
    </message>
    <message>
        <source>This day</source>
        <translation>当天</translation>
    </message>
    <message>
        <source>What the timeline shows</source>
        <translation>时间轴显示范围</translation>
    </message>
    <message>
        <source>Range on the timeline</source>
        <translation>时间轴选定范围</translation>
    </message>
    <message>
        <source>An hour from here</source>
        <translation>从此处起一小时</translation>
    </message>
    <message>
        <source>Movement {time}</source>
        <translation>移动 {time}</translation>
    </message>
    <message>
        <source>Movement</source>
        <translation>移动</translation>
    </message>
    <message>
        <source>Save the sheet</source>
        <translation>保存缩略图一览</translation>
    </message>
</context>
<context>
    <name>GoToDialog</name>
    <message>
        <source>Go to a moment</source>
        <translation>跳转到时刻</translation>
    </message>
    <message>
        <source>Days with recordings are blue. Times are those of {zone}.</source>
        <translation>有录像的日期为蓝色。时间按 {zone} 显示。</translation>
    </message>
    <message>
        <source>Go there</source>
        <translation>跳转</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>HandOverDialog</name>
    <message>
        <source>Shift hand-over</source>
        <translation>交接班</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>What</source>
        <translation>内容</translation>
    </message>
    <message>
        <source>How it stands</source>
        <translation>情况</translation>
    </message>
    <message>
        <source>By</source>
        <translation>人员</translation>
    </message>
    <message>
        <source>Remarks for the next shift: incidents, faults, orders, keys…</source>
        <translation>交班事项：警情、设备故障、上级指令、物品钥匙等</translation>
    </message>
    <message>
        <source>Hand over</source>
        <translation>交班</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>last 12 hours</source>
        <translation>最近 12 小时</translation>
    </message>
    <message>
        <source>You have no part in patrols.</source>
        <translation>您没有巡查权限。</translation>
    </message>
    <message>
        <source>The center does not answer: the sheet is incomplete.</source>
        <translation>中心无应答：本表不完整。</translation>
    </message>
    <message>
        <source>Open findings: {count}</source>
        <translation>遗留问题：{count}</translation>
    </message>
    <message>
        <source>Rounds made: {count}</source>
        <translation>本班巡查：{count}</translation>
    </message>
    <message>
        <source>Due, but not made: {count}</source>
        <translation>到点未执行：{count}</translation>
    </message>
</context>
<context>
    <name>JoystickDialog</name>
    <message>
        <source>Joystick</source>
        <translation>摇杆</translation>
    </message>
    <message>
        <source>No joystick was found. Plug one in; it appears here by itself.</source>
        <translation>未发现摇杆。插入后会自动显示在这里。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Usual settings</source>
        <translation>恢复默认</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Joysticks can&apos;t be read on this computer. The log says why.</source>
        <translation>本机无法读取摇杆，原因见日志。</translation>
    </message>
    <message>
        <source>Moves</source>
        <translation>控制</translation>
    </message>
    <message>
        <source>Dead zone</source>
        <translation>死区</translation>
    </message>
    <message>
        <source>Curve</source>
        <translation>曲线</translation>
    </message>
    <message>
        <source>Axis {number}</source>
        <translation>轴 {number}</translation>
    </message>
</context>
<context>
    <name>KeyDialog</name>
    <message>
        <source>Public key</source>
        <translation>公钥</translation>
    </message>
    <message>
        <source>Packages made by {who} on this computer are signed with this key. Whoever verifies them needs the public key, or its fingerprint, by another way than the package. The private key never leaves the keyring.</source>
        <translation>{who} 在本机制作的证据包均以此密钥签名。校验方须通过证据包以外的途径取得公钥或其指纹。私钥只保存在密钥环中。</translation>
    </message>
    <message>
        <source>Save public key…</source>
        <translation>保存公钥…</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Saved: {path}</source>
        <translation>已保存：{path}</translation>
    </message>
</context>
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
    <name>ListPage</name>
    <message>
        <source>Choose file…</source>
        <translation>选择文件…</translation>
    </message>
    <message>
        <source>Save a template…</source>
        <translation>导出模板…</translation>
    </message>
    <message>
        <source>No camera of this file can be taken in.</source>
        <translation>此文件中没有可以导入的摄像机。</translation>
    </message>
    <message>
        <source>Choose a file first.</source>
        <translation>请先选择文件。</translation>
    </message>
    <message>
        <source>The passwords of these cameras can&apos;t be kept. {reason}</source>
        <translation>这些摄像机的密码无法保存。{reason}</translation>
    </message>
    <message>
        <source>Reading the file…</source>
        <translation>正在读取文件…</translation>
    </message>
    <message>
        <source>A table with a camera in each row. Columns are known by their headings, in any order.</source>
        <translation>每行一台摄像机的表格。按表头识别各列，列的顺序不限。</translation>
    </message>
    <message>
        <source>Passwords go into the keyring of this computer; the file that is kept has none.</source>
        <translation>密码存入本机密钥环，保存的清单文件中不含密码。</translation>
    </message>
    <message>
        <source>{count} cameras, taken in on {date}. Choose the file again to renew them.</source>
        <translation>共 {count} 台摄像机，导入时间 {date}。重新选择文件即可更新。</translation>
    </message>
    <message>
        <source>Choose a camera list</source>
        <translation>选择摄像机清单</translation>
    </message>
    <message>
        <source>Camera lists (*.csv *.xlsx *.txt)</source>
        <translation>摄像机清单 (*.csv *.xlsx *.txt)</translation>
    </message>
    <message>
        <source>All files (*)</source>
        <translation>所有文件 (*)</translation>
    </message>
    <message>
        <source>Save a template</source>
        <translation>导出模板</translation>
    </message>
    <message>
        <source>camera list</source>
        <translation>摄像机清单</translation>
    </message>
    <message>
        <source>Excel workbook (*.xlsx)</source>
        <translation>Excel 工作簿 (*.xlsx)</translation>
    </message>
    <message>
        <source>CSV file (*.csv)</source>
        <translation>CSV 文件 (*.csv)</translation>
    </message>
    <message>
        <source>Template saved: {path}</source>
        <translation>模板已保存：{path}</translation>
    </message>
</context>
<context>
    <name>LogInDialog</name>
    <message>
        <source>Log in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>Stay signed in on this computer</source>
        <translation>在本机保持登录</translation>
    </message>
    <message>
        <source>Keep the password, too, for when that has lapsed</source>
        <translation>同时保存密码，登录过期后自动使用</translation>
    </message>
    <message>
        <source>Center</source>
        <translation>中心</translation>
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
        <source>Patrols</source>
        <translation>巡查</translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation>录像</translation>
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
    <name>MotionWindow</name>
    <message>
        <source>Search for movement</source>
        <translation>移动侦测搜索</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>摄像机</translation>
    </message>
    <message>
        <source>Sensitivity</source>
        <translation>灵敏度</translation>
    </message>
    <message>
        <source>Smallest object</source>
        <translation>最小目标</translation>
    </message>
    <message>
        <source>Look at every picture: slower, finds what is over within seconds</source>
        <translation>逐帧分析：较慢，可找到几秒内的短暂移动</translation>
    </message>
    <message>
        <source>Whole picture</source>
        <translation>整个画面</translation>
    </message>
    <message>
        <source>Remove the area</source>
        <translation>删除区域</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Show on the wall</source>
        <translation>在墙上显示</translation>
    </message>
    <message>
        <source>Bookmark the chosen</source>
        <translation>所选加书签</translation>
    </message>
    <message>
        <source>Bookmark all</source>
        <translation>全部加书签</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Loading…</source>
        <translation>正在加载…</translation>
    </message>
    <message>
        <source>The search could not be started.</source>
        <translation>无法启动搜索。</translation>
    </message>
    <message>
        <source>The range ends before it begins.</source>
        <translation>结束时间早于开始时间。</translation>
    </message>
    <message>
        <source>Done.</source>
        <translation>已完成。</translation>
    </message>
    <message>
        <source>Stopped.</source>
        <translation>已停止。</translation>
    </message>
    <message>
        <source>Stopped: too much was found. Draw a smaller area or choose a shorter range.</source>
        <translation>已停止：结果过多。请缩小区域或缩短时间范围。</translation>
    </message>
    <message>
        <source>Found: {count}</source>
        <translation>找到：{count} 处</translation>
    </message>
    <message>
        <source>{percent} % of the picture</source>
        <translation>画面的 {percent}%</translation>
    </message>
    <message>
        <source>{count} area(s). Drag for a rectangle, click for corners.</source>
        <translation>{count} 个区域。拖动画矩形，单击画多边形。</translation>
    </message>
    <message>
        <source>The whole picture. Drag for a rectangle, click for corners.</source>
        <translation>整个画面。拖动画矩形，单击画多边形。</translation>
    </message>
    <message>
        <source>{percent} % searched · {speed} times as fast as it was recorded</source>
        <translation>已搜索 {percent}% · {speed} 倍速</translation>
    </message>
    <message>
        <source>Not searched: {what}</source>
        <translation>未搜索：{what}</translation>
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
    <name>OffsetDialog</name>
    <message>
        <source>Correct the camera&apos;s time</source>
        <translation>校正摄像机时间</translation>
    </message>
    <message>
        <source>Positive: show later pictures of this camera beside those of the others. It is remembered.</source>
        <translation>正值：与其他画面并排时，本路显示较晚的画面。设置会被记住。</translation>
    </message>
    <message>
        <source>The clock burnt into its picture is {seconds} s ahead of the center&apos;s, as the center says.</source>
        <translation>中心告知：画面上叠加的时钟比中心快 {seconds} 秒。</translation>
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
    <name>OnvifCameraDialog</name>
    <message>
        <source>Edit camera</source>
        <translation>编辑摄像机</translation>
    </message>
    <message>
        <source>As it is</source>
        <translation>不变</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Folder in the tree</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Apply</source>
        <translation>应用</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>OnvifFindDialog</name>
    <message>
        <source>Find cameras</source>
        <translation>查找摄像机</translation>
    </message>
    <message>
        <source>Search</source>
        <translation>搜索</translation>
    </message>
    <message>
        <source>Add to the list</source>
        <translation>加入列表</translation>
    </message>
    <message>
        <source>Such as Yuzhong/Jiefangbei; empty: at the top</source>
        <translation>如 渝中区/解放碑；留空则放在最上层</translation>
    </message>
    <message>
        <source>Log in and add</source>
        <translation>登录并添加</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>What it says it is</source>
        <translation>设备自报信息</translation>
    </message>
    <message>
        <source>Log-in</source>
        <translation>登录结果</translation>
    </message>
    <message>
        <source>Networks</source>
        <translation>网络</translation>
    </message>
    <message>
        <source>By address</source>
        <translation>按地址</translation>
    </message>
    <message>
        <source>User</source>
        <translation>用户</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Folder in the tree</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>Searching the networks…</source>
        <translation>正在搜索网络…</translation>
    </message>
    <message>
        <source>{count} cameras have answered.</source>
        <translation>{count} 台摄像机有应答。</translation>
    </message>
    <message>
        <source>No camera has answered. Cameras behind a router have to be added by their address.</source>
        <translation>没有摄像机应答。路由器另一侧的摄像机需按地址添加。</translation>
    </message>
    <message>
        <source>This is no address of a camera.</source>
        <translation>这不是摄像机地址。</translation>
    </message>
    <message>
        <source>is in the site already</source>
        <translation>已在列表中</translation>
    </message>
    <message>
        <source>Logging in…</source>
        <translation>正在登录…</translation>
    </message>
    <message>
        <source>{added} added, {refused} not.</source>
        <translation>已添加 {added} 台，{refused} 台未添加。</translation>
    </message>
    <message>
        <source>It has no pictures.</source>
        <translation>该设备没有视频通道。</translation>
    </message>
    <message>
        <source>added</source>
        <translation>已添加</translation>
    </message>
    <message>
        <source>{count} pictures</source>
        <translation>{count} 个通道</translation>
    </message>
    <message>
        <source>its clock is {seconds} s off</source>
        <translation>时钟偏差 {seconds} 秒</translation>
    </message>
</context>
<context>
    <name>OnvifPage</name>
    <message>
        <source>Find cameras…</source>
        <translation>查找摄像机…</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Take out of the list</source>
        <translation>移出列表</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Folder in the tree</source>
        <translation>目录</translation>
    </message>
    <message>
        <source>Address</source>
        <translation>地址</translation>
    </message>
    <message>
        <source>Maker and model</source>
        <translation>厂商与型号</translation>
    </message>
    <message>
        <source>Find a camera first.</source>
        <translation>请先查找摄像机。</translation>
    </message>
    <message>
        <source>{count} cameras, {new} of them new.</source>
        <translation>共 {count} 台摄像机，其中新增 {new} 台。</translation>
    </message>
    <message>
        <source>{count} cameras.</source>
        <translation>共 {count} 台摄像机。</translation>
    </message>
</context>
<context>
    <name>PatrolDesk</name>
    <message>
        <source>An incident needs all hands</source>
        <translation>突发警情，全员处置</translation>
    </message>
    <message>
        <source>Not enough people on duty</source>
        <translation>值班人员不足</translation>
    </message>
    <message>
        <source>Cameras or center out of order</source>
        <translation>摄像机或中心故障</translation>
    </message>
    <message>
        <source>Ordered otherwise</source>
        <translation>上级另有安排</translation>
    </message>
    <message>
        <source>The round is recorded as broken off before its first step, with this reason.</source>
        <translation>本次巡查将记为未开始即中止，并注明原因。</translation>
    </message>
    <message>
        <source>Round is not made: {plan}</source>
        <translation>本次不巡：{plan}</translation>
    </message>
    <message>
        <source>Not this time</source>
        <translation>本次不巡</translation>
    </message>
    <message>
        <source>The window was closed</source>
        <translation>窗口已关闭</translation>
    </message>
    <message>
        <source>End of the shift</source>
        <translation>交班</translation>
    </message>
    <message>
        <source>The steps that are left stay open. The reason is written into the record.</source>
        <translation>剩余点位记为未查，原因写入巡查记录。</translation>
    </message>
    <message>
        <source>End the round</source>
        <translation>结束巡查</translation>
    </message>
    <message>
        <source>End round</source>
        <translation>结束巡查</translation>
    </message>
</context>
<context>
    <name>PatrolDoors</name>
    <message>
        <source>No center you are logged in to has patrols</source>
        <translation>已登录的中心都没有视频巡查</translation>
    </message>
</context>
<context>
    <name>PlanEditor</name>
    <message>
        <source>New patrol plan</source>
        <translation>新建巡查计划</translation>
    </message>
    <message>
        <source>Patrol plan</source>
        <translation>巡查计划</translation>
    </message>
    <message>
        <source>Rounds are due by the schedule</source>
        <translation>按班次定时巡查</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Note</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>Numbers of panes, such as 1, 2. Cameras are shown in them in turn.</source>
        <translation>窗格编号，如 1, 2。摄像机在这些窗格中轮流显示。</translation>
    </message>
    <message>
        <source>In panes</source>
        <translation>使用窗格</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>点位</translation>
    </message>
    <message>
        <source>Shifts and times</source>
        <translation>班次与时间</translation>
    </message>
    <message>
        <source>Show the center&apos;s version</source>
        <translation>查看中心的版本</translation>
    </message>
    <message>
        <source>Keep mine as a copy</source>
        <translation>将我的另存为副本</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Only supervisors who are logged in change plans.</source>
        <translation>仅已登录的主管可修改计划。</translation>
    </message>
    <message>
        <source>What you changed in this plan is not saved.</source>
        <translation>对该计划的修改尚未保存。</translation>
    </message>
    <message>
        <source>Close without saving</source>
        <translation>不保存并关闭</translation>
    </message>
    <message>
        <source>Somebody has deleted this plan meanwhile. Yours can be kept as a copy.</source>
        <translation>该计划已被他人删除，您的内容可另存为副本。</translation>
    </message>
    <message>
        <source>Somebody has changed this plan meanwhile. Nothing was overwritten.</source>
        <translation>该计划已被他人修改，未作任何覆盖。</translation>
    </message>
    <message>
        <source>{plan} (copy)</source>
        <translation>{plan}（副本）</translation>
    </message>
    <message>
        <source>The selected pane is empty.</source>
        <translation>所选窗格为空。</translation>
    </message>
    <message>
        <source>{count} cameras belong to another center and can&apos;t be steps of this plan.</source>
        <translation>{count} 路摄像机属于其他中心，不能加入本计划。</translation>
    </message>
    <message>
        <source>View of the wall</source>
        <translation>电视墙画面</translation>
    </message>
    <message>
        <source>What the wall shows now</source>
        <translation>电视墙当前画面</translation>
    </message>
    <message>
        <source>The view has no camera of this center.</source>
        <translation>该视图中没有本中心的摄像机。</translation>
    </message>
    <message>
        <source>{count} cameras of the view belong to another center and were left out.</source>
        <translation>视图中 {count} 路摄像机属于其他中心，已略去。</translation>
    </message>
    <message>
        <source>A round is under way in this window. Try the step after it.</source>
        <translation>本窗口正在巡查，请结束后再试。</translation>
    </message>
    <message>
        <source>End the test</source>
        <translation>结束试运行</translation>
    </message>
    <message>
        <source>Test: waiting for the picture…</source>
        <translation>试运行：等待画面…</translation>
    </message>
    <message>
        <source>Test: the picture moves.</source>
        <translation>试运行：画面正常。</translation>
    </message>
    <message>
        <source>Test: no picture.</source>
        <translation>试运行：无画面。</translation>
    </message>
    <message>
        <source>Test: the pane shows something else now.</source>
        <translation>试运行：窗格已显示其他画面。</translation>
    </message>
    <message>
        <source>Test run</source>
        <translation>试运行</translation>
    </message>
</context>
<context>
    <name>PlansDialog</name>
    <message>
        <source>Patrol plans</source>
        <translation>巡查计划</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>计划</translation>
    </message>
    <message>
        <source>Steps</source>
        <translation>点位</translation>
    </message>
    <message>
        <source>Next round</source>
        <translation>下次巡查</translation>
    </message>
    <message>
        <source>Center</source>
        <translation>中心</translation>
    </message>
    <message>
        <source>Begins by itself</source>
        <translation>自动开始</translation>
    </message>
    <message>
        <source>New…</source>
        <translation>新建…</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Copy…</source>
        <translation>复制…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Begin round</source>
        <translation>开始巡查</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>switched off</source>
        <translation>已停用</translation>
    </message>
    <message>
        <source>{center} does not answer: plans as of {time}. Rounds can be made all the same.</source>
        <translation>{center} 无应答：计划为 {time} 的版本，仍可巡查。</translation>
    </message>
    <message>
        <source>There are no patrol plans here, or you have no part in patrols.</source>
        <translation>没有巡查计划，或您没有巡查权限。</translation>
    </message>
    <message>
        <source>Look at…</source>
        <translation>查看…</translation>
    </message>
    <message>
        <source>{plan} (copy)</source>
        <translation>{plan}（副本）</translation>
    </message>
    <message>
        <source>{plan} is deleted at the center, for everybody. Its rounds and reports stay.</source>
        <translation>将从中心删除“{plan}”，对所有人生效。已有巡查记录和报告保留。</translation>
    </message>
    <message>
        <source>Delete patrol plan</source>
        <translation>删除巡查计划</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
</context>
<context>
    <name>PlaybackBar</name>
    <message>
        <source>Live</source>
        <translation>实时</translation>
    </message>
    <message>
        <source>Back to the live picture</source>
        <translation>回到实时画面</translation>
    </message>
    <message>
        <source>Playback</source>
        <translation>回放</translation>
    </message>
    <message>
        <source>Show what was recorded</source>
        <translation>查看录像</translation>
    </message>
    <message>
        <source>All panes live</source>
        <translation>全部窗格实时</translation>
    </message>
    <message>
        <source>All panes in playback</source>
        <translation>全部窗格回放</translation>
    </message>
    <message>
        <source>Replay the last minute</source>
        <translation>回看最近一分钟</translation>
    </message>
    <message>
        <source>Previous segment (Shift+PgUp)</source>
        <translation>上一段录像（Shift+PgUp）</translation>
    </message>
    <message>
        <source>Picture before (,)</source>
        <translation>上一帧（,）</translation>
    </message>
    <message>
        <source>Backwards; again for faster (J)</source>
        <translation>倒放，再按加速（J）</translation>
    </message>
    <message>
        <source>Play or pause (K)</source>
        <translation>播放或暂停（K）</translation>
    </message>
    <message>
        <source>Forwards; again for faster (L)</source>
        <translation>正放，再按加速（L）</translation>
    </message>
    <message>
        <source>Next picture (.)</source>
        <translation>下一帧（.）</translation>
    </message>
    <message>
        <source>Next segment (Shift+PgDown)</source>
        <translation>下一段录像（Shift+PgDown）</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>倍速</translation>
    </message>
    <message>
        <source>Show thousandths, or hide them</source>
        <translation>显示或隐藏毫秒</translation>
    </message>
    <message>
        <source>Go to a moment (G)</source>
        <translation>跳转到时刻（G）</translation>
    </message>
    <message>
        <source>In step with the other panes, or on a clock of its own</source>
        <translation>与其他窗格同步，或单独播放</translation>
    </message>
    <message>
        <source>Correct the camera&apos;s time</source>
        <translation>校正摄像机时间</translation>
    </message>
    <message>
        <source>Search in the footage</source>
        <translation>录像搜索</translation>
    </message>
    <message>
        <source>Whole day, or the range</source>
        <translation>显示全天或所选区间</translation>
    </message>
    <message>
        <source>Bookmark (B)</source>
        <translation>添加书签（B）</translation>
    </message>
    <message>
        <source>Bookmarks</source>
        <translation>书签</translation>
    </message>
    <message>
        <source>Export the range; choose it with [ and ], or Ctrl and drag</source>
        <translation>导出所选区间；用 [ 和 ] 或按住 Ctrl 拖动选择</translation>
    </message>
    <message>
        <source>Hide the timeline</source>
        <translation>隐藏时间轴</translation>
    </message>
</context>
<context>
    <name>PtzCruiseDialog</name>
    <message>
        <source>Cruise</source>
        <translation>巡航</translation>
    </message>
    <message>
        <source>New cruise</source>
        <translation>新建巡航</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Drag the points into their order. The cruise begins anew after the last one.</source>
        <translation>拖动可调整巡航点顺序，走完最后一点后从头循环。</translation>
    </message>
    <message>
        <source>Save</source>
        <translation>保存</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Add</source>
        <translation>添加</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Stay</source>
        <translation>停留</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预置位</translation>
    </message>
    <message>
        <source>(deleted preset)</source>
        <translation>（预置位已删除）</translation>
    </message>
    <message>
        <source>{number}  {name}   –   {dwell} s, {speed} %</source>
        <translation>{number}  {name}   –   {dwell} 秒，{speed}%</translation>
    </message>
    <message>
        <source>The camera has no presets yet.</source>
        <translation>该摄像机还没有预置位。</translation>
    </message>
</context>
<context>
    <name>PtzCruiseList</name>
    <message>
        <source>Start</source>
        <translation>启动</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>New…</source>
        <translation>新建…</translation>
    </message>
    <message>
        <source>Edit…</source>
        <translation>编辑…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>{name}  ({points} points)</source>
        <translation>{name}（{points} 个点）</translation>
    </message>
    <message>
        <source>The cruise “{name}” will be gone. If it runs, it is stopped.</source>
        <translation>巡航“{name}”将被删除；若正在运行，将先停止。</translation>
    </message>
    <message>
        <source>Delete the cruise</source>
        <translation>删除巡航</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
    </message>
</context>
<context>
    <name>PtzHolderBox</name>
    <message>
        <source>Take over…</source>
        <translation>接管…</translation>
    </message>
    <message>
        <source>No camera selected</source>
        <translation>未选中摄像机</translation>
    </message>
    <message>
        <source>Stop not confirmed – the camera may still turn</source>
        <translation>停止未确认 – 云台可能仍在转动</translation>
    </message>
    <message>
        <source>Asking the center…</source>
        <translation>正在查询中心…</translation>
    </message>
    <message>
        <source>Release</source>
        <translation>释放</translation>
    </message>
    <message>
        <source>Reserve</source>
        <translation>锁定</translation>
    </message>
    <message>
        <source>Held by {who}</source>
        <translation>{who} 占用中</translation>
    </message>
    <message>
        <source>Nobody else steers the camera until you release it</source>
        <translation>释放之前其他人不能操控该摄像机</translation>
    </message>
    <message>
        <source>Take the camera from its holder, with a reason</source>
        <translation>填写理由后从占用者手中接管</translation>
    </message>
    <message>
        <source>Nobody else holds the camera.</source>
        <translation>没有其他人占用该摄像机。</translation>
    </message>
    <message>
        <source>{who} has the higher priority, or the same.</source>
        <translation>{who} 的优先级更高或相同。</translation>
    </message>
</context>
<context>
    <name>PtzPad</name>
    <message>
        <source>Pan and tilt</source>
        <translation>云台方向</translation>
    </message>
</context>
<context>
    <name>PtzPanel</name>
    <message>
        <source>Zoom</source>
        <translation>变倍</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>拉近</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>拉远</translation>
    </message>
    <message>
        <source>Focus</source>
        <translation>聚焦</translation>
    </message>
    <message>
        <source>Focus far</source>
        <translation>聚焦远</translation>
    </message>
    <message>
        <source>Focus near</source>
        <translation>聚焦近</translation>
    </message>
    <message>
        <source>Iris</source>
        <translation>光圈</translation>
    </message>
    <message>
        <source>Open the iris</source>
        <translation>光圈开大</translation>
    </message>
    <message>
        <source>Close the iris</source>
        <translation>光圈关小</translation>
    </message>
    <message>
        <source>PTZ</source>
        <translation>云台</translation>
    </message>
    <message>
        <source>PTZ mode (C)</source>
        <translation>云台模式 (C)</translation>
    </message>
    <message>
        <source>Steer with keys and on the picture</source>
        <translation>用键盘和画面操控</translation>
    </message>
    <message>
        <source>Speed at full deflection ([ and ])</source>
        <translation>推到底时的速度（[ 和 ] 键）</translation>
    </message>
    <message>
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>Wiper</source>
        <translation>雨刷</translation>
    </message>
    <message>
        <source>Light</source>
        <translation>灯光</translation>
    </message>
    <message>
        <source>Auxiliaries</source>
        <translation>辅助开关</translation>
    </message>
    <message>
        <source>Auxiliary {number} on</source>
        <translation>辅助 {number} 开</translation>
    </message>
    <message>
        <source>Auxiliary {number} off</source>
        <translation>辅助 {number} 关</translation>
    </message>
    <message>
        <source>The camera&apos;s own cruises</source>
        <translation>摄像机自带巡航</translation>
    </message>
    <message>
        <source>Start cruise {number}</source>
        <translation>启动巡航 {number}</translation>
    </message>
    <message>
        <source>Stop cruise</source>
        <translation>停止巡航</translation>
    </message>
    <message>
        <source>The camera&apos;s own scans</source>
        <translation>摄像机自带扫描</translation>
    </message>
    <message>
        <source>Start scan {number}</source>
        <translation>启动扫描 {number}</translation>
    </message>
    <message>
        <source>Stop scan</source>
        <translation>停止扫描</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>预置位</translation>
    </message>
    <message>
        <source>Cruises</source>
        <translation>巡航</translation>
    </message>
    <message>
        <source>Add preset from here…</source>
        <translation>将当前位置设为预置位…</translation>
    </message>
    <message>
        <source>Asking the center…</source>
        <translation>正在查询中心…</translation>
    </message>
    <message>
        <source>The camera has no presets yet.</source>
        <translation>该摄像机还没有预置位。</translation>
    </message>
</context>
<context>
    <name>PtzPresetList</name>
    <message>
        <source>New preset from here</source>
        <translation>新建预置位（当前位置）</translation>
    </message>
    <message>
        <source>Go there</source>
        <translation>转到</translation>
    </message>
    <message>
        <source>Rename…</source>
        <translation>重命名…</translation>
    </message>
    <message>
        <source>Overwrite with the present position…</source>
        <translation>用当前位置覆盖…</translation>
    </message>
    <message>
        <source>Delete…</source>
        <translation>删除…</translation>
    </message>
    <message>
        <source>Rename the preset</source>
        <translation>重命名预置位</translation>
    </message>
    <message>
        <source>Preset {number} “{name}” will stand for the present position. The former one is lost.</source>
        <translation>预置位 {number}“{name}”将改为当前位置，原位置会丢失。</translation>
    </message>
    <message>
        <source>Overwrite the preset</source>
        <translation>覆盖预置位</translation>
    </message>
    <message>
        <source>Overwrite</source>
        <translation>覆盖</translation>
    </message>
    <message>
        <source>Preset {number} “{name}” and its picture will be gone, also from cruises.</source>
        <translation>预置位 {number}“{name}”及其缩略图将被删除，巡航中也会去掉该点。</translation>
    </message>
    <message>
        <source>Delete the preset</source>
        <translation>删除预置位</translation>
    </message>
    <message>
        <source>Delete</source>
        <translation>删除</translation>
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
    <name>ReasonDialog</name>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
    <message>
        <source>Take over the camera</source>
        <translation>接管摄像机</translation>
    </message>
    <message>
        <source>{camera} is held by {who}, who will be told who took it and why.</source>
        <translation>{camera} 由 {who} 占用，对方会收到接管人和理由。</translation>
    </message>
    <message>
        <source>Reason, such as: search for a missing child</source>
        <translation>理由，例如：寻找走失儿童</translation>
    </message>
    <message>
        <source>Take over</source>
        <translation>接管</translation>
    </message>
</context>
<context>
    <name>ReceiptDialog</name>
    <message>
        <source>Take the shift over</source>
        <translation>接班确认</translation>
    </message>
    <message>
        <source>{name} ({post}) handed the shift “{shift}” over at {time}.</source>
        <translation>{name}（{post}）于 {time} 交班，班次“{shift}”。</translation>
    </message>
    <message>
        <source>No remarks.</source>
        <translation>无交班事项。</translation>
    </message>
    <message>
        <source>Rounds made: {rounds}, open findings: {findings}</source>
        <translation>本班巡查 {rounds} 次，遗留问题 {findings} 个</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Kind</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>Step</source>
        <translation>点位</translation>
    </message>
    <message>
        <source>Description</source>
        <translation>说明</translation>
    </message>
    <message>
        <source>Remark (may be left empty)</source>
        <translation>接班备注（可不填）</translation>
    </message>
    <message>
        <source>I take over</source>
        <translation>确认接班</translation>
    </message>
    <message>
        <source>Later</source>
        <translation>稍后</translation>
    </message>
</context>
<context>
    <name>RefusedDialog</name>
    <message>
        <source>Records the center refused</source>
        <translation>中心拒收的记录</translation>
    </message>
    <message>
        <source>They are kept on this computer. Nothing is lost; tell the center&apos;s administrator.</source>
        <translation>这些记录保存在本机，不会丢失；请联系中心管理员。</translation>
    </message>
    <message>
        <source>Time</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>Record</source>
        <translation>记录</translation>
    </message>
    <message>
        <source>Reason</source>
        <translation>原因</translation>
    </message>
    <message>
        <source>Try again</source>
        <translation>重试</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
</context>
<context>
    <name>RoundStrip</name>
    <message>
        <source>Round: {plan}</source>
        <translation>巡查：{plan}</translation>
    </message>
    <message>
        <source>Next: {step}</source>
        <translation>下一点位：{step}</translation>
    </message>
    <message>
        <source>Last step</source>
        <translation>最后一个点位</translation>
    </message>
    <message>
        <source>{count} cameras without picture</source>
        <translation>{count} 路无画面</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>发现问题</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>By hand</source>
        <translation>人工操作</translation>
    </message>
    <message>
        <source>Opening…</source>
        <translation>正在打开…</translation>
    </message>
    <message>
        <source>No picture</source>
        <translation>无画面</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>Seen ✓</source>
        <translation>已查 ✓</translation>
    </message>
    <message>
        <source>Seen</source>
        <translation>已查</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Pause</source>
        <translation>暂停</translation>
    </message>
    <message>
        <source>Finding…</source>
        <translation>发现问题…</translation>
    </message>
    <message>
        <source>Next step</source>
        <translation>下一点位</translation>
    </message>
    <message>
        <source>Skip</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>End…</source>
        <translation>结束…</translation>
    </message>
</context>
<context>
    <name>RoundView</name>
    <message>
        <source>Step</source>
        <translation>点位</translation>
    </message>
    <message>
        <source>Outcome</source>
        <translation>结果</translation>
    </message>
    <message>
        <source>At</source>
        <translation>时间</translation>
    </message>
    <message>
        <source>By</source>
        <translation>人员</translation>
    </message>
    <message>
        <source>Remark</source>
        <translation>备注</translation>
    </message>
    <message>
        <source>preset not reached: {why}</source>
        <translation>未到预置位：{why}</translation>
    </message>
    <message>
        <source>findings: {count}</source>
        <translation>发现问题 {count} 个</translation>
    </message>
</context>
<context>
    <name>RoundsDialog</name>
    <message>
        <source>Rounds and findings</source>
        <translation>巡查记录与问题</translation>
    </message>
    <message>
        <source>Day before</source>
        <translation>前一天</translation>
    </message>
    <message>
        <source>Day after</source>
        <translation>后一天</translation>
    </message>
    <message>
        <source>Begun</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>Plan</source>
        <translation>计划</translation>
    </message>
    <message>
        <source>State</source>
        <translation>状态</translation>
    </message>
    <message>
        <source>Seen</source>
        <translation>已查</translation>
    </message>
    <message>
        <source>Missed</source>
        <translation>漏查</translation>
    </message>
    <message>
        <source>No picture</source>
        <translation>无画面</translation>
    </message>
    <message>
        <source>Skipped</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>Findings</source>
        <translation>发现问题</translation>
    </message>
    <message>
        <source>By</source>
        <translation>人员</translation>
    </message>
    <message>
        <source>Take the round over</source>
        <translation>接手该次巡查</translation>
    </message>
    <message>
        <source>Rounds</source>
        <translation>巡查记录</translation>
    </message>
    <message>
        <source>Open findings</source>
        <translation>遗留问题</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>All plans</source>
        <translation>全部计划</translation>
    </message>
    <message>
        <source>No rounds on this day.</source>
        <translation>当天没有巡查记录。</translation>
    </message>
    <message>
        <source>Rounds: {rounds}, complete: {complete}.  Steps: {seen} of {steps} seen, {missed} missed, {unavailable} without picture, {skipped} skipped.  Findings: {findings}.</source>
        <translation>巡查 {rounds} 次，完成 {complete} 次。点位 {steps} 个：已查 {seen}，漏查 {missed}，无画面 {unavailable}，跳过 {skipped}。发现问题 {findings} 个。</translation>
    </message>
</context>
<context>
    <name>ScheduleEditor</name>
    <message>
        <source>Add shift</source>
        <translation>添加班次</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>such as 08:30, 12:00, 16:00</source>
        <translation>如 08:30, 12:00, 16:00</translation>
    </message>
    <message>
        <source>every</source>
        <translation>每隔</translation>
    </message>
    <message>
        <source> min</source>
        <translation> 分钟</translation>
    </message>
    <message>
        <source>Time zone</source>
        <translation>时区</translation>
    </message>
    <message>
        <source>Shift</source>
        <translation>班次</translation>
    </message>
    <message>
        <source>From, to</source>
        <translation>起止时间</translation>
    </message>
    <message>
        <source>On</source>
        <translation>星期</translation>
    </message>
    <message>
        <source>Rounds at</source>
        <translation>巡查时刻</translation>
    </message>
    <message>
        <source>and</source>
        <translation>另外</translation>
    </message>
    <message>
        <source>Night shift</source>
        <translation>夜班</translation>
    </message>
    <message>
        <source>Day shift</source>
        <translation>白班</translation>
    </message>
    <message>
        <source>No rounds are due: the plan is run by hand.</source>
        <translation>没有定时巡查：该计划由人工开始。</translation>
    </message>
    <message>
        <source>Next, by this computer&apos;s clock: {times}</source>
        <translation>接下来（本机时间）：{times}</translation>
    </message>
</context>
<context>
    <name>SearchBox</name>
    <message>
        <source>Search: name, pinyin, code</source>
        <translation>搜索：名称、拼音、编码</translation>
    </message>
</context>
<context>
    <name>SearchRange</name>
    <message>
        <source>Range</source>
        <translation>时间范围</translation>
    </message>
    <message>
        <source>Chosen here</source>
        <translation>自定义</translation>
    </message>
    <message>
        <source>From</source>
        <translation>开始</translation>
    </message>
    <message>
        <source>To</source>
        <translation>结束</translation>
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
        <source>Centers…</source>
        <translation>中心…</translation>
    </message>
    <message>
        <source>Joystick…</source>
        <translation>摇杆…</translation>
    </message>
    <message>
        <source>Centers</source>
        <translation>中心</translation>
    </message>
    <message>
        <source>Joystick</source>
        <translation>摇杆</translation>
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
    <name>SheetWindow</name>
    <message>
        <source>Contact sheet</source>
        <translation>缩略图一览</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>摄像机</translation>
    </message>
    <message>
        <source>All {count} cameras</source>
        <translation>全部 {count} 路</translation>
    </message>
    <message>
        <source>Distance between pictures</source>
        <translation>画面间隔</translation>
    </message>
    <message>
        <source>Fill the window</source>
        <translation>铺满窗口</translation>
    </message>
    <message>
        <source>every {step}</source>
        <translation>每 {step}</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Save the sheet…</source>
        <translation>保存…</translation>
    </message>
    <message>
        <source>Show on the wall</source>
        <translation>在墙上显示</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>The range ends before it begins.</source>
        <translation>结束时间早于开始时间。</translation>
    </message>
    <message>
        <source>The search could not be started.</source>
        <translation>无法启动搜索。</translation>
    </message>
    <message>
        <source>{found} of {total} pictures, every {step}</source>
        <translation>{found}/{total} 张，间隔 {step}</translation>
    </message>
</context>
<context>
    <name>SpoolLabel</name>
    <message>
        <source>{count} records in memory only!</source>
        <translation>{count} 条记录仅在内存中！</translation>
    </message>
    <message>
        <source>{count} records wait for the center, since {age}</source>
        <translation>{count} 条记录待上传，已等待 {age}</translation>
    </message>
    <message>
        <source>{count} records refused…</source>
        <translation>{count} 条记录被拒收…</translation>
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
        <source>no center</source>
        <translation>没有中心</translation>
    </message>
    <message>
        <source>{count} centers:   {states}</source>
        <translation>{count} 个中心：   {states}</translation>
    </message>
</context>
<context>
    <name>StepsEditor</name>
    <message>
        <source>From the selected pane</source>
        <translation>所选窗格</translation>
    </message>
    <message>
        <source>A view</source>
        <translation>视图</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Test run</source>
        <translation>试运行</translation>
    </message>
    <message>
        <source> s</source>
        <translation> 秒</translation>
    </message>
    <message>
        <source>For all steps</source>
        <translation>用于全部点位</translation>
    </message>
    <message>
        <source>Add:</source>
        <translation>添加：</translation>
    </message>
    <message>
        <source>or drag cameras here from the tree; drag steps to order them</source>
        <translation>也可从目录树拖入摄像机；拖动点位调整顺序</translation>
    </message>
    <message>
        <source>Preset</source>
        <translation>预置位</translation>
    </message>
    <message>
        <source>Dwell</source>
        <translation>停留</translation>
    </message>
    <message>
        <source>Look for</source>
        <translation>查看内容</translation>
    </message>
    <message>
        <source>Kinds of finding</source>
        <translation>问题类别</translation>
    </message>
    <message>
        <source>As it stands</source>
        <translation>保持当前位置</translation>
    </message>
    <message>
        <source>Reading…</source>
        <translation>正在读取…</translation>
    </message>
    <message>
        <source>all</source>
        <translation>全部</translation>
    </message>
</context>
<context>
    <name>SyncStrip</name>
    <message>
        <source>the tree can&apos;t be read now</source>
        <translation>目前无法读取目录</translation>
    </message>
    <message>
        <source>Log in</source>
        <translation>登录</translation>
    </message>
    <message>
        <source>Stop</source>
        <translation>停止</translation>
    </message>
    <message>
        <source>Go on</source>
        <translation>继续</translation>
    </message>
</context>
<context>
    <name>Timeline</name>
    <message>
        <source>Timeline</source>
        <translation>时间轴</translation>
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
    <name>TreeModel</name>
    <message>
        <source>Without a name</source>
        <translation>未命名</translation>
    </message>
    <message>
        <source>Without a place</source>
        <translation>未归属</translation>
    </message>
</context>
<context>
    <name>TreePanel</name>
    <message>
        <source>Cameras</source>
        <translation>监控点</translation>
    </message>
    <message>
        <source>Not everything was looked at; type more.</source>
        <translation>尚未全部查找，请输入更多内容。</translation>
    </message>
    <message>
        <source>Nothing found for “{text}”.</source>
        <translation>没有找到“{text}”。</translation>
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
    <name>VerifyDialog</name>
    <message>
        <source>Verify an evidence package</source>
        <translation>校验证据包</translation>
    </message>
    <message>
        <source>Without it, the key that came with the package is used</source>
        <translation>不填则使用证据包自带的公钥</translation>
    </message>
    <message>
        <source>Evidence packages (*.zip)</source>
        <translation>证据包 (*.zip)</translation>
    </message>
    <message>
        <source>Public keys (*.pem)</source>
        <translation>公钥 (*.pem)</translation>
    </message>
    <message>
        <source>Package</source>
        <translation>证据包</translation>
    </message>
    <message>
        <source>Signer&apos;s public key</source>
        <translation>签名人公钥</translation>
    </message>
    <message>
        <source>Verify</source>
        <translation>校验</translation>
    </message>
    <message>
        <source>Close</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Choose…</source>
        <translation>选择…</translation>
    </message>
    <message>
        <source>This is no public key the program can use: {name}</source>
        <translation>不是可用的公钥文件：{name}</translation>
    </message>
    <message>
        <source>The file can&apos;t be read.</source>
        <translation>无法读取该文件。</translation>
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
    <name>ability</name>
    <message>
        <source>Live pictures</source>
        <translation>实时画面</translation>
    </message>
    <message>
        <source>Snapshots</source>
        <translation>抓拍</translation>
    </message>
    <message>
        <source>Search in the tree</source>
        <translation>目录树搜索</translation>
    </message>
    <message>
        <source>Online and offline at once</source>
        <translation>上下线实时通知</translation>
    </message>
    <message>
        <source>PTZ</source>
        <translation>云台</translation>
    </message>
    <message>
        <source>Presets</source>
        <translation>预置位</translation>
    </message>
    <message>
        <source>Cruises</source>
        <translation>巡航</translation>
    </message>
    <message>
        <source>Alarms</source>
        <translation>报警</translation>
    </message>
    <message>
        <source>Alarms by hand</source>
        <translation>手动报警</translation>
    </message>
    <message>
        <source>Recordings</source>
        <translation>录像</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>导出</translation>
    </message>
    <message>
        <source>Bookmarks</source>
        <translation>书签</translation>
    </message>
    <message>
        <source>Patrols</source>
        <translation>巡查</translation>
    </message>
    <message>
        <source>Audit trail</source>
        <translation>操作审计</translation>
    </message>
    <message>
        <source>{center} gives no live pictures.</source>
        <translation>{center}不提供实时画面。</translation>
    </message>
    <message>
        <source>{center} gives no pictures.</source>
        <translation>{center}不提供画面。</translation>
    </message>
    <message>
        <source>The tree of {center} is read level by level, so it can&apos;t be searched.</source>
        <translation>{center}的目录树只能逐级读取，不能搜索。</translation>
    </message>
    <message>
        <source>{center} does not tell which cameras are online.</source>
        <translation>{center}不通知摄像机上下线。</translation>
    </message>
    <message>
        <source>{center} steers no cameras.</source>
        <translation>{center}不支持云台控制。</translation>
    </message>
    <message>
        <source>{center} has no presets.</source>
        <translation>{center}没有预置位。</translation>
    </message>
    <message>
        <source>{center} has no presets to cruise between.</source>
        <translation>{center}没有预置位，不能巡航。</translation>
    </message>
    <message>
        <source>{center} tells of no alarms.</source>
        <translation>{center}不上报报警。</translation>
    </message>
    <message>
        <source>{center} raises no alarms by hand.</source>
        <translation>{center}不支持手动报警。</translation>
    </message>
    <message>
        <source>{center} has no recordings.</source>
        <translation>{center}没有录像。</translation>
    </message>
    <message>
        <source>{center} hands out no recordings as files.</source>
        <translation>{center}不提供录像文件，不能导出。</translation>
    </message>
    <message>
        <source>{center} keeps no bookmarks.</source>
        <translation>{center}不保存书签。</translation>
    </message>
    <message>
        <source>{center} keeps no patrol plans.</source>
        <translation>{center}没有巡查计划。</translation>
    </message>
    <message>
        <source>{center} keeps no audit trail: nothing is noted of what is done.</source>
        <translation>{center}没有操作审计，在此的操作不留记录。</translation>
    </message>
    <message>
        <source>{center} can do this.</source>
        <translation>{center}支持此功能。</translation>
    </message>
    <message>
        <source>This program does this itself, on this computer.</source>
        <translation>由本程序在本机完成。</translation>
    </message>
</context>
<context>
    <name>alarm</name>
    <message>
        <source>Motion</source>
        <translation>移动侦测</translation>
    </message>
    <message>
        <source>Line or area crossed</source>
        <translation>越界或区域入侵</translation>
    </message>
    <message>
        <source>Alarm input</source>
        <translation>报警输入</translation>
    </message>
    <message>
        <source>Video loss</source>
        <translation>视频丢失</translation>
    </message>
    <message>
        <source>Camera tampered with</source>
        <translation>镜头遮挡或破坏</translation>
    </message>
    <message>
        <source>Device trouble</source>
        <translation>设备故障</translation>
    </message>
    <message>
        <source>Call for help</source>
        <translation>紧急求助</translation>
    </message>
    <message>
        <source>Alarm</source>
        <translation>报警</translation>
    </message>
    <message>
        <source>acknowledged</source>
        <translation>已确认</translation>
    </message>
    <message>
        <source>going on</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>over</source>
        <translation>已结束</translation>
    </message>
    <message>
        <source>(over)</source>
        <translation>（已结束）</translation>
    </message>
    <message>
        <source>{count} alarms</source>
        <translation>{count} 条报警</translation>
    </message>
</context>
<context>
    <name>case_text</name>
    <message>
        <source>Bookmark</source>
        <translation>书签</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <translation>截图</translation>
    </message>
    <message>
        <source>Clip</source>
        <translation>录像片段</translation>
    </message>
    <message>
        <source>on another computer</source>
        <translation>在其他电脑上</translation>
    </message>
    <message>
        <source>not there any more</source>
        <translation>文件已不存在</translation>
    </message>
    <message>
        <source>1 item</source>
        <translation>1 项</translation>
    </message>
    <message>
        <source>{count} items</source>
        <translation>{count} 项</translation>
    </message>
</context>
<context>
    <name>catalog_text</name>
    <message>
        <source>Business groups</source>
        <translation>业务分组</translation>
    </message>
    <message>
        <source>Administrative regions</source>
        <translation>行政区划</translation>
    </message>
    <message>
        <source>As the center orders them</source>
        <translation>按中心顺序</translation>
    </message>
    <message>
        <source>By name</source>
        <translation>按名称</translation>
    </message>
    <message>
        <source>By code</source>
        <translation>按编码</translation>
    </message>
    <message>
        <source>Offline</source>
        <translation>离线</translation>
    </message>
    <message>
        <source>Video lost</source>
        <translation>视频丢失</translation>
    </message>
    <message>
        <source>Dome camera</source>
        <translation>球机</translation>
    </message>
    <message>
        <source>Box camera</source>
        <translation>枪机</translation>
    </message>
    <message>
        <source>PTZ camera</source>
        <translation>云台摄像机</translation>
    </message>
    <message>
        <source>City</source>
        <translation>市级</translation>
    </message>
    <message>
        <source>District</source>
        <translation>区县</translation>
    </message>
    <message>
        <source>Group</source>
        <translation>分组</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>监控点</translation>
    </message>
    <message>
        <source>Center</source>
        <translation>中心</translation>
    </message>
    <message>
        <source>Hotel</source>
        <translation>酒店宾馆</translation>
    </message>
    <message>
        <source>Shopping mall</source>
        <translation>商场</translation>
    </message>
    <message>
        <source>Square</source>
        <translation>广场</translation>
    </message>
    <message>
        <source>Internet café</source>
        <translation>网吧</translation>
    </message>
    <message>
        <source>Entertainment</source>
        <translation>娱乐场所</translation>
    </message>
    <message>
        <source>School</source>
        <translation>学校</translation>
    </message>
    <message>
        <source>Hospital</source>
        <translation>医院</translation>
    </message>
    <message>
        <source>Road</source>
        <translation>道路</translation>
    </message>
    <message>
        <source>Bridge</source>
        <translation>桥梁</translation>
    </message>
    <message>
        <source>Residential area</source>
        <translation>居民区</translation>
    </message>
    <message>
        <source>The code does not have 20 digits.</source>
        <translation>编码不是 20 位。</translation>
    </message>
    <message>
        <source>The code holds more than digits.</source>
        <translation>编码含有非数字字符。</translation>
    </message>
    <message>
        <source>GB/T 2260 has no such province.</source>
        <translation>GB/T 2260 中没有此省级代码。</translation>
    </message>
    <message>
        <source>A lower tier is given below an empty one.</source>
        <translation>上级区划为空而下级不为空。</translation>
    </message>
    <message>
        <source>GB/T 28181 has no such industry.</source>
        <translation>GB/T 28181 中没有此行业编码。</translation>
    </message>
    <message>
        <source>GB/T 28181 has no such type.</source>
        <translation>GB/T 28181 中没有此类型编码。</translation>
    </message>
    <message>
        <source>The code breaks the rules of GB/T 28181.</source>
        <translation>编码不符合 GB/T 28181 规则。</translation>
    </message>
    <message>
        <source>The center names it twice; the last entry counts.</source>
        <translation>中心重复给出此项，以最后一次为准。</translation>
    </message>
    <message>
        <source>The center hangs it below something that does not exist.</source>
        <translation>中心给出的上级不存在。</translation>
    </message>
    <message>
        <source>The center hangs it below itself.</source>
        <translation>中心把它挂在它自己之下。</translation>
    </message>
    <message>
        <source>Name or code hold characters that can&apos;t be shown.</source>
        <translation>名称或编码含有无法显示的字符。</translation>
    </message>
    <message>
        <source>Online first</source>
        <translation>在线优先</translation>
    </message>
    <message>
        <source>Online</source>
        <translation>在线</translation>
    </message>
    <message>
        <source>Checkpoint camera</source>
        <translation>卡口抓拍机</translation>
    </message>
    <message>
        <source>Checkpoint</source>
        <translation>卡口</translation>
    </message>
    <message>
        <source>Police station</source>
        <translation>派出所</translation>
    </message>
    <message>
        <source>Railway or bus station</source>
        <translation>车站</translation>
    </message>
    <message>
        <source>not read to the end yet</source>
        <translation>尚未读完</translation>
    </message>
    <message>
        <source>as of {count} d ago</source>
        <translation>{count} 天前的数据</translation>
    </message>
    <message>
        <source>as of {count} h ago</source>
        <translation>{count} 小时前的数据</translation>
    </message>
    <message>
        <source>as of {count} min ago</source>
        <translation>{count} 分钟前的数据</translation>
    </message>
    <message>
        <source>as of just now</source>
        <translation>刚刚更新的数据</translation>
    </message>
    <message>
        <source>{rows} of {total} rows, {rate}/s</source>
        <translation>{rows} / {total} 项，{rate} 项/秒</translation>
    </message>
    <message>
        <source>reading the tree…</source>
        <translation>正在读取目录…</translation>
    </message>
    <message>
        <source>reading was stopped</source>
        <translation>已停止读取</translation>
    </message>
    <message>
        <source>kept by another running program</source>
        <translation>由另一个正在运行的程序维护</translation>
    </message>
</context>
<context>
    <name>center_text</name>
    <message>
        <source>not logged in</source>
        <translation>未登录</translation>
    </message>
    <message>
        <source>signing in…</source>
        <translation>正在登录…</translation>
    </message>
    <message>
        <source>connected</source>
        <translation>已连接</translation>
    </message>
    <message>
        <source>does not answer</source>
        <translation>无响应</translation>
    </message>
    <message>
        <source>{name} answers, version {version}.</source>
        <translation>{name} 应答正常，版本 {version}。</translation>
    </message>
    <message>
        <source>This address can&apos;t be used. It looks like https://center.example:8443.</source>
        <translation>地址无法使用，正确形式如 https://center.example:8443。</translation>
    </message>
    <message>
        <source>The certificate file can&apos;t be read. It has to be a PEM file with an authority&apos;s certificate.</source>
        <translation>证书文件无法读取，应为含有证书机构证书的 PEM 文件。</translation>
    </message>
    <message>
        <source>The center answers, but is not trusted. {trust}</source>
        <translation>中心有应答，但不可信任。{trust}</translation>
    </message>
    <message>
        <source>Nobody answers at this address. Check the address, http or https, and the network.</source>
        <translation>该地址没有应答。请检查地址、http 或 https 以及网络。</translation>
    </message>
    <message>
        <source>What answers there is of the kind “{kind}”: {name}.</source>
        <translation>该地址上是另一种平台：{kind}（{name}）。</translation>
    </message>
    <message>
        <source>Something answers at this address, but it is no center.</source>
        <translation>该地址有应答，但不是视频中心。</translation>
    </message>
    <message>
        <source>Video center</source>
        <translation>视频中心</translation>
    </message>
    <message>
        <source>WVP-GB28181-pro</source>
        <translation>WVP-GB28181-pro</translation>
    </message>
    <message>
        <source>ZoneMinder</source>
        <translation>ZoneMinder</translation>
    </message>
    <message>
        <source>ONVIF cameras</source>
        <translation>ONVIF 摄像机</translation>
    </message>
    <message>
        <source>Camera list</source>
        <translation>摄像机清单</translation>
    </message>
    <message>
        <source>A center with the interface of this program (Center API).</source>
        <translation>采用本程序接口（Center API）的视频中心。</translation>
    </message>
    <message>
        <source>A GB/T 28181 platform, WVP-GB28181-pro 2.7.</source>
        <translation>GB/T 28181 国标平台，WVP-GB28181-pro 2.7。</translation>
    </message>
    <message>
        <source>A ZoneMinder 1.36 server with its API switched on.</source>
        <translation>已启用 API 的 ZoneMinder 1.36 服务器。</translation>
    </message>
    <message>
        <source>Cameras in this network, without any center: found by themselves, or added by their address.</source>
        <translation>本网络中的摄像机，不需要平台：自动搜索，或按地址添加。</translation>
    </message>
    <message>
        <source>Cameras from a table (.csv, .xlsx) with the address of each, without any center.</source>
        <translation>由表格（.csv、.xlsx）给出每台摄像机的地址，不需要平台。</translation>
    </message>
    <message>
        <source>Kept encrypted in the keyring of this computer.</source>
        <translation>登录信息加密保存在本机密钥环中。</translation>
    </message>
    <message>
        <source>This computer has no keyring, so nothing is kept.</source>
        <translation>本机没有密钥环，不保存任何登录信息。</translation>
    </message>
    <message>
        <source>The keyring of this computer is switched off.</source>
        <translation>本机密钥环已停用，不保存任何登录信息。</translation>
    </message>
    <message>
        <source>Several keyrings are installed and not all may be safe, so nothing is kept.</source>
        <translation>本机装有多个密钥环，无法确认都安全，不保存任何登录信息。</translation>
    </message>
    <message>
        <source>The keyring asks for its password on a terminal, so nothing is kept.</source>
        <translation>密钥环需在终端输入密码，不保存任何登录信息。</translation>
    </message>
    <message>
        <source>The keyring writes unencrypted, so nothing is kept.</source>
        <translation>密钥环不加密保存，因此不保存任何登录信息。</translation>
    </message>
    <message>
        <source>The keyring is not known to be safe, so nothing is kept.</source>
        <translation>无法确认密钥环是否安全，不保存任何登录信息。</translation>
    </message>
    <message>
        <source>The keyring does not work, so nothing is kept.</source>
        <translation>密钥环无法使用，不保存任何登录信息。</translation>
    </message>
    <message>
        <source>{name} answers.</source>
        <translation>{name} 有应答。</translation>
    </message>
    <message>
        <source>http:// is not encrypted: passwords and pictures can be read on the way.</source>
        <translation>http:// 未加密：密码和图像在传输途中可能被窃取。</translation>
    </message>
</context>
<context>
    <name>evidence_dialog</name>
    <message>
        <source>Packages are signed with a key that is kept there; unsigned ones are not made.</source>
        <translation>证据包的签名密钥须保存在密钥环中，不制作未签名的证据包。</translation>
    </message>
    <message>
        <source>Unlock it and try again.</source>
        <translation>请解锁后重试。</translation>
    </message>
    <message>
        <source>Without the signing key no package is made.</source>
        <translation>没有签名密钥，无法制作证据包。</translation>
    </message>
    <message>
        <source>Save public key</source>
        <translation>保存公钥</translation>
    </message>
</context>
<context>
    <name>export</name>
    <message>
        <source>Waiting for its turn</source>
        <translation>排队中</translation>
    </message>
    <message>
        <source>Under way</source>
        <translation>导出中</translation>
    </message>
    <message>
        <source>Waiting for the center</source>
        <translation>等待中心恢复</translation>
    </message>
    <message>
        <source>Disk full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Done</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>Failed</source>
        <translation>失败</translation>
    </message>
    <message>
        <source>Cancelled</source>
        <translation>已取消</translation>
    </message>
    <message>
        <source>The center does not answer. The export goes on by itself when it is back.</source>
        <translation>中心无响应，恢复后将自动继续。</translation>
    </message>
    <message>
        <source>There is no room left on the disk. The export goes on by itself when there is.</source>
        <translation>磁盘空间不足，腾出空间后将自动继续。</translation>
    </message>
    <message>
        <source>What was fetched is kept, also when the program ends.</source>
        <translation>已下载的内容会保留，退出程序也不丢失。</translation>
    </message>
    <message>
        <source>You cancelled it. Finished files were kept.</source>
        <translation>已取消，已完成的文件保留。</translation>
    </message>
    <message>
        <source>The export did not work.</source>
        <translation>导出未成功。</translation>
    </message>
    <message>
        <source>You are not permitted to export this camera.</source>
        <translation>您没有导出该摄像机录像的权限。</translation>
    </message>
    <message>
        <source>The center hands out recordings only with a reason.</source>
        <translation>该中心要求说明调取录像的事由。</translation>
    </message>
    <message>
        <source>There is no recording in this range that can be read.</source>
        <translation>该时段没有可读取的录像。</translation>
    </message>
    <message>
        <source>The center hands out no files of this camera&apos;s recordings.</source>
        <translation>该中心不提供此摄像机的录像文件。</translation>
    </message>
    <message>
        <source>The folder can&apos;t be written to. Try again with another one.</source>
        <translation>文件夹无法写入，请另选文件夹重试。</translation>
    </message>
    <message>
        <source>The center refuses to hand out the recordings.</source>
        <translation>中心拒绝提供录像。</translation>
    </message>
    <message>
        <source>Exporting failed again and again. See the program&apos;s log.</source>
        <translation>导出多次失败，请查看程序日志。</translation>
    </message>
    <message>
        <source>Nothing was recorded</source>
        <translation>无录像</translation>
    </message>
    <message>
        <source>The center no longer has this file</source>
        <translation>中心已无此文件</translation>
    </message>
    <message>
        <source>The file can&apos;t be read</source>
        <translation>文件无法读取</translation>
    </message>
    <message>
        <source>No copy with captions could be made</source>
        <translation>未能生成叠加副本</translation>
    </message>
    <message>
        <source>Some of the footage could not be had; it is listed below.</source>
        <translation>部分录像未能取得，见下方列表。</translation>
    </message>
    <message>
        <source>{size}/s</source>
        <translation>{size}/秒</translation>
    </message>
    <message>
        <source>{time} left</source>
        <translation>剩余 {time}</translation>
    </message>
</context>
<context>
    <name>footage_search</name>
    <message>
        <source>No recording</source>
        <translation>无录像</translation>
    </message>
    <message>
        <source>Still being fetched</source>
        <translation>正在调取</translation>
    </message>
    <message>
        <source>Recording damaged</source>
        <translation>录像损坏</translation>
    </message>
    <message>
        <source>Store does not answer</source>
        <translation>存储无响应</translation>
    </message>
    <message>
        <source>Store refuses</source>
        <translation>存储拒绝</translation>
    </message>
    <message>
        <source>Center does not answer</source>
        <translation>中心无响应</translation>
    </message>
    <message>
        <source>Not readable here</source>
        <translation>本机无法读取</translation>
    </message>
    <message>
        <source>{count} s</source>
        <translation>{count} 秒</translation>
    </message>
    <message>
        <source>{count} min</source>
        <translation>{count} 分钟</translation>
    </message>
    <message>
        <source>{count} h</source>
        <translation>{count} 小时</translation>
    </message>
    <message>
        <source>{length} · {percent} % of the area</source>
        <translation>{length} · 占区域 {percent}%</translation>
    </message>
</context>
<context>
    <name>list_text</name>
    <message>
        <source>The file is not there any more.</source>
        <translation>文件已不存在。</translation>
    </message>
    <message>
        <source>The file can&apos;t be opened. Close it in other programs, and check who may read it.</source>
        <translation>无法打开文件。请在其他程序中关闭它，并检查读取权限。</translation>
    </message>
    <message>
        <source>The file ends in the middle, or is being written. Try again once it is complete.</source>
        <translation>文件不完整或正在写入，请完成后重试。</translation>
    </message>
    <message>
        <source>The file is empty.</source>
        <translation>文件是空的。</translation>
    </message>
    <message>
        <source>The file is too large for a list of cameras.</source>
        <translation>文件过大，不像是摄像机清单。</translation>
    </message>
    <message>
        <source>This is neither a CSV file nor an Excel workbook (.xlsx).</source>
        <translation>既不是 CSV 文件，也不是 Excel 工作簿（.xlsx）。</translation>
    </message>
    <message>
        <source>This workbook is of the old kind (.xls) or has a password. Save it as .xlsx without a password.</source>
        <translation>这是旧格式（.xls）或带密码的工作簿，请另存为不带密码的 .xlsx。</translation>
    </message>
    <message>
        <source>The workbook is damaged and can&apos;t be read.</source>
        <translation>工作簿已损坏，无法读取。</translation>
    </message>
    <message>
        <source>The text can&apos;t be decoded. Save the file as UTF-8 or GB18030.</source>
        <translation>无法识别文字编码，请将文件另存为 UTF-8 或 GB18030。</translation>
    </message>
    <message>
        <source>The quotation marks don&apos;t fit together.</source>
        <translation>引号不成对，无法分清单元格。</translation>
    </message>
    <message>
        <source>No row names the columns. There has to be one with at least “Name” and “Main stream”.</source>
        <translation>没有表头行。表头至少要有“名称”和“主码流”。</translation>
    </message>
    <message>
        <source>Two columns have the same meaning.</source>
        <translation>有两列含义相同。</translation>
    </message>
    <message>
        <source>Path</source>
        <translation>路径</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>名称</translation>
    </message>
    <message>
        <source>Code</source>
        <translation>国标编码</translation>
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
        <source>User</source>
        <translation>用户名</translation>
    </message>
    <message>
        <source>Password</source>
        <translation>密码</translation>
    </message>
    <message>
        <source>Position</source>
        <translation>坐标</translation>
    </message>
    <message>
        <source>Longitude</source>
        <translation>经度</translation>
    </message>
    <message>
        <source>Latitude</source>
        <translation>纬度</translation>
    </message>
    <message>
        <source>Category</source>
        <translation>类别</translation>
    </message>
    <message>
        <source>The name is missing.</source>
        <translation>缺少名称。</translation>
    </message>
    <message>
        <source>There is no address.</source>
        <translation>缺少取流地址。</translation>
    </message>
    <message>
        <source>An address begins with rtsp://, http:// or https://.</source>
        <translation>地址须以 rtsp://、http:// 或 https:// 开头。</translation>
    </message>
    <message>
        <source>Blanks and \ must not be in an address.</source>
        <translation>地址中不能有空格和 \。</translation>
    </message>
    <message>
        <source>This is no address a player can open.</source>
        <translation>此地址无法播放。</translation>
    </message>
    <message>
        <source>The password in the address has @ # / or ? in it: write %40 %23 %2F %3F, or use the column.</source>
        <translation>地址中的密码含有 @ # / 或 ?：请写成 %40 %23 %2F %3F，或填入密码列。</translation>
    </message>
    <message>
        <source>The path has too many levels.</source>
        <translation>路径层级过多。</translation>
    </message>
    <message>
        <source>The same camera stands in row {row} already.</source>
        <translation>与第 {row} 行是同一台摄像机。</translation>
    </message>
    <message>
        <source>No main stream: the sub stream is shown in large panes, too.</source>
        <translation>没有主码流，大窗格也显示子码流。</translation>
    </message>
    <message>
        <source>The main stream is shown in small panes, too.</source>
        <translation>小窗格也显示主码流。</translation>
    </message>
    <message>
        <source>The name was shortened, or cleared of hidden characters.</source>
        <translation>名称过长或含不可见字符，已处理。</translation>
    </message>
    <message>
        <source>Row {row} has the same name in the same place.</source>
        <translation>与第 {row} 行路径和名称相同。</translation>
    </message>
    <message>
        <source>This is no code by GB/T 28181; it is kept as it is.</source>
        <translation>不符合 GB/T 28181 编码规则，按原样保留。</translation>
    </message>
    <message>
        <source>The spreadsheet has rounded the code, so it is left out. Make the column text.</source>
        <translation>编码被表格软件四舍五入，已忽略。请把该列设为文本。</translation>
    </message>
    <message>
        <source>Row {row} has the same code.</source>
        <translation>与第 {row} 行编码相同。</translation>
    </message>
    <message>
        <source>Row {row} has the same address.</source>
        <translation>与第 {row} 行地址相同。</translation>
    </message>
    <message>
        <source>The address names another user; that one counts.</source>
        <translation>地址中的用户名与用户列不同，以地址为准。</translation>
    </message>
    <message>
        <source>There is a password, but no user.</source>
        <translation>有密码但没有用户名。</translation>
    </message>
    <message>
        <source>The position can&apos;t be read and is left out.</source>
        <translation>位置无法识别，已忽略。</translation>
    </message>
    <message>
        <source>There is no such place on earth; it is left out.</source>
        <translation>经纬度超出范围，已忽略。</translation>
    </message>
    <message>
        <source>Position 0, 0 means that it is unknown.</source>
        <translation>位置为 0, 0，视为未知。</translation>
    </message>
    <message>
        <source>Only one of longitude and latitude is there.</source>
        <translation>经度、纬度缺一个。</translation>
    </message>
    <message>
        <source>This category is not known and is left out.</source>
        <translation>类别无法识别，已忽略。</translation>
    </message>
    <message>
        <source>This looks like a formula; it is kept as text.</source>
        <translation>形似公式，按文本保留。</translation>
    </message>
    <message>
        <source>Row {row}: {text}</source>
        <translation>第 {row} 行：{text}</translation>
    </message>
    <message>
        <source>{count} cameras can be taken in.</source>
        <translation>可以导入 {count} 台摄像机。</translation>
    </message>
    <message>
        <source>{count} rows are left out, see below.</source>
        <translation>{count} 行不能导入，见下表。</translation>
    </message>
    <message>
        <source>{count} cells are worth a look, see below.</source>
        <translation>{count} 处需要留意，见下表。</translation>
    </message>
    <message>
        <source>Columns that are not read: {names}.</source>
        <translation>未使用的列：{names}。</translation>
    </message>
    <message>
        <source>The file is open in another program: what is not saved there is not here.</source>
        <translation>文件正在其他程序中打开，未保存的内容读不到。</translation>
    </message>
    <message>
        <source>Against the list as it is: {new} new, {changed} changed, {same} the same, {gone} gone.</source>
        <translation>与现有清单相比：新增 {new}，变更 {changed}，不变 {same}，移除 {gone}。</translation>
    </message>
    <message>
        <source>Yuzhong/Jiefangbei</source>
        <translation>渝中区/解放碑</translation>
    </message>
    <message>
        <source>East gate, camera 1</source>
        <translation>东门 枪机1</translation>
    </message>
    <message>
        <source>Square</source>
        <translation>广场</translation>
    </message>
</context>
<context>
    <name>pane_menu</name>
    <message>
        <source>Password of the camera…</source>
        <translation>摄像机密码…</translation>
    </message>
    <message>
        <source>Alarm by hand</source>
        <translation>手动报警</translation>
    </message>
    <message>
        <source>Raise it</source>
        <translation>触发</translation>
    </message>
    <message>
        <source>Take it back</source>
        <translation>取消</translation>
    </message>
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
    <name>patrol</name>
    <message>
        <source>Intrusion</source>
        <translation>非法闯入</translation>
    </message>
    <message>
        <source>Crowd</source>
        <translation>人员聚集</translation>
    </message>
    <message>
        <source>Fire or smoke</source>
        <translation>烟火</translation>
    </message>
    <message>
        <source>Traffic</source>
        <translation>交通异常</translation>
    </message>
    <message>
        <source>Object left behind</source>
        <translation>遗留物品</translation>
    </message>
    <message>
        <source>Damage</source>
        <translation>设施损坏</translation>
    </message>
    <message>
        <source>Camera fault</source>
        <translation>设备故障</translation>
    </message>
    <message>
        <source>Other</source>
        <translation>其他</translation>
    </message>
    <message>
        <source>camera offline</source>
        <translation>摄像机离线</translation>
    </message>
    <message>
        <source>not permitted</source>
        <translation>无查看权限</translation>
    </message>
    <message>
        <source>no such camera any more</source>
        <translation>摄像机不存在</translation>
    </message>
    <message>
        <source>no picture</source>
        <translation>无画面</translation>
    </message>
    <message>
        <source>center away</source>
        <translation>中心未连接</translation>
    </message>
    <message>
        <source>held by another operator</source>
        <translation>云台被他人占用</translation>
    </message>
    <message>
        <source>the camera can&apos;t do that</source>
        <translation>摄像机不支持</translation>
    </message>
    <message>
        <source>failed</source>
        <translation>操作失败</translation>
    </message>
    <message>
        <source>pane used otherwise</source>
        <translation>窗格被占用</translation>
    </message>
    <message>
        <source>camera steered</source>
        <translation>操作了云台</translation>
    </message>
    <message>
        <source>program ended</source>
        <translation>程序退出</translation>
    </message>
    <message>
        <source>after a restart</source>
        <translation>程序重启</translation>
    </message>
    <message>
        <source>open</source>
        <translation>未查</translation>
    </message>
    <message>
        <source>seen</source>
        <translation>已查</translation>
    </message>
    <message>
        <source>missed</source>
        <translation>漏查</translation>
    </message>
    <message>
        <source>skipped</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>Round begun</source>
        <translation>开始巡查</translation>
    </message>
    <message>
        <source>Picture shown</source>
        <translation>显示画面</translation>
    </message>
    <message>
        <source>Seen</source>
        <translation>已查</translation>
    </message>
    <message>
        <source>Finding</source>
        <translation>发现问题</translation>
    </message>
    <message>
        <source>Missed</source>
        <translation>漏查</translation>
    </message>
    <message>
        <source>No picture</source>
        <translation>无画面</translation>
    </message>
    <message>
        <source>Preset not reached</source>
        <translation>未到预置位</translation>
    </message>
    <message>
        <source>Skipped</source>
        <translation>跳过</translation>
    </message>
    <message>
        <source>Paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>Taken by hand</source>
        <translation>转人工操作</translation>
    </message>
    <message>
        <source>Gone on</source>
        <translation>继续</translation>
    </message>
    <message>
        <source>Taken over</source>
        <translation>他人接手</translation>
    </message>
    <message>
        <source>Broken off</source>
        <translation>中止</translation>
    </message>
    <message>
        <source>Round ended</source>
        <translation>结束巡查</translation>
    </message>
    <message>
        <source>Interrupted</source>
        <translation>异常中断</translation>
    </message>
    <message>
        <source>under way</source>
        <translation>进行中</translation>
    </message>
    <message>
        <source>complete</source>
        <translation>已完成</translation>
    </message>
    <message>
        <source>broken off</source>
        <translation>已中止</translation>
    </message>
    <message>
        <source>interrupted</source>
        <translation>异常中断</translation>
    </message>
    <message>
        <source>Every plan and every shift needs a name.</source>
        <translation>计划和班次都必须有名称。</translation>
    </message>
    <message>
        <source>The plan has no steps yet.</source>
        <translation>计划中还没有点位。</translation>
    </message>
    <message>
        <source>There are too many steps, shifts, start times or panes.</source>
        <translation>点位、班次、时刻或窗格过多。</translation>
    </message>
    <message>
        <source>Step {number} shows nothing: it needs a camera or a view.</source>
        <translation>第 {number} 个点位没有内容：需要摄像机或视图。</translation>
    </message>
    <message>
        <source>Step {number}: the dwell is 1 s to 60 min.</source>
        <translation>第 {number} 个点位：停留时间为 1 秒至 60 分钟。</translation>
    </message>
    <message>
        <source>Step {number}: presets are numbered 1 to 255.</source>
        <translation>第 {number} 个点位：预置位编号为 1 至 255。</translation>
    </message>
    <message>
        <source>Panes are numbers from 1 to 64, each once.</source>
        <translation>窗格编号为 1 至 64，不能重复。</translation>
    </message>
    <message>
        <source>This computer does not know the time zone.</source>
        <translation>本机无法识别该时区。</translation>
    </message>
    <message>
        <source>Shift {number} has no weekday.</source>
        <translation>第 {number} 个班次没有选择星期。</translation>
    </message>
    <message>
        <source>Shift {number}: rounds are 5 min to 24 h apart.</source>
        <translation>第 {number} 个班次：间隔为 5 分钟至 24 小时。</translation>
    </message>
    <message>
        <source>Shift {number}: a start time lies outside the shift.</source>
        <translation>第 {number} 个班次：有巡查时刻不在班次时间内。</translation>
    </message>
    <message>
        <source>A text is too long.</source>
        <translation>文字过长。</translation>
    </message>
    <message>
        <source>You may not do this at the center.</source>
        <translation>您在该中心没有此权限。</translation>
    </message>
    <message>
        <source>Somebody else has closed the finding otherwise.</source>
        <translation>该问题已被他人办结。</translation>
    </message>
    <message>
        <source>The center does not know what it is about.</source>
        <translation>中心没有对应的内容。</translation>
    </message>
    <message>
        <source>Nobody takes a shift over from himself.</source>
        <translation>交班人不能给自己接班。</translation>
    </message>
    <message>
        <source>The picture is missing.</source>
        <translation>缺少截图。</translation>
    </message>
    <message>
        <source>The picture is damaged on this computer.</source>
        <translation>本机上的截图已损坏。</translation>
    </message>
    <message>
        <source>The record is damaged on this computer.</source>
        <translation>本机上的记录已损坏。</translation>
    </message>
    <message>
        <source>Record of a round</source>
        <translation>巡查记录</translation>
    </message>
    <message>
        <source>Closing of a finding</source>
        <translation>问题办结</translation>
    </message>
    <message>
        <source>Shift hand-over</source>
        <translation>交接班</translation>
    </message>
    <message>
        <source>Taking over of a shift</source>
        <translation>接班确认</translation>
    </message>
    <message>
        <source>Mon</source>
        <translation>周一</translation>
    </message>
    <message>
        <source>Tue</source>
        <translation>周二</translation>
    </message>
    <message>
        <source>Wed</source>
        <translation>周三</translation>
    </message>
    <message>
        <source>Thu</source>
        <translation>周四</translation>
    </message>
    <message>
        <source>Fri</source>
        <translation>周五</translation>
    </message>
    <message>
        <source>Sat</source>
        <translation>周六</translation>
    </message>
    <message>
        <source>Sun</source>
        <translation>周日</translation>
    </message>
    <message>
        <source>every day</source>
        <translation>每天</translation>
    </message>
    <message>
        <source>Mon to Fri</source>
        <translation>周一至周五</translation>
    </message>
    <message>
        <source>every {minutes} min</source>
        <translation>每 {minutes} 分钟</translation>
    </message>
    <message>
        <source>{steps} steps, {duration}</source>
        <translation>{steps} 个点位，{duration}</translation>
    </message>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{minutes} min {seconds} s</source>
        <translation>{minutes} 分 {seconds} 秒</translation>
    </message>
    <message>
        <source>{hours} h {minutes} min</source>
        <translation>{hours} 小时 {minutes} 分</translation>
    </message>
    <message>
        <source>not scheduled</source>
        <translation>未排班</translation>
    </message>
    <message>
        <source>today {time}</source>
        <translation>今天 {time}</translation>
    </message>
    <message>
        <source>tomorrow {time}</source>
        <translation>明天 {time}</translation>
    </message>
    <message>
        <source>{camera}, preset {number}</source>
        <translation>{camera}，预置位 {number}</translation>
    </message>
    <message>
        <source>{count} of {total} seen</source>
        <translation>已查 {count}/{total}</translation>
    </message>
    <message>
        <source>{count} missed</source>
        <translation>漏查 {count}</translation>
    </message>
    <message>
        <source>{count} without picture</source>
        <translation>无画面 {count}</translation>
    </message>
    <message>
        <source>{count} skipped</source>
        <translation>跳过 {count}</translation>
    </message>
    <message>
        <source>findings: {count}</source>
        <translation>发现问题 {count} 个</translation>
    </message>
</context>
<context>
    <name>playback_menu</name>
    <message>
        <source>Go there</source>
        <translation>跳转</translation>
    </message>
    <message>
        <source>Bookmark here…</source>
        <translation>在此添加书签…</translation>
    </message>
    <message>
        <source>Range begins here</source>
        <translation>区间从此开始</translation>
    </message>
    <message>
        <source>Range ends here</source>
        <translation>区间到此结束</translation>
    </message>
    <message>
        <source>No range</source>
        <translation>取消区间</translation>
    </message>
</context>
<context>
    <name>playback_reason</name>
    <message>
        <source>{center} hands out recordings only with a reason. It is kept in the audit trail.</source>
        <translation>{center}要求说明原因才能查看录像，原因将记入审计日志。</translation>
    </message>
    <message>
        <source>Incident investigation</source>
        <translation>事件调查</translation>
    </message>
    <message>
        <source>Request by the police</source>
        <translation>公安机关调阅</translation>
    </message>
    <message>
        <source>Check of the recording</source>
        <translation>录像检查</translation>
    </message>
    <message>
        <source>Reason for playback</source>
        <translation>回放原因</translation>
    </message>
    <message>
        <source>Play</source>
        <translation>播放</translation>
    </message>
</context>
<context>
    <name>playback_state</name>
    <message>
        <source>Loading…</source>
        <translation>加载中…</translation>
    </message>
    <message>
        <source>Center&apos;s clock {offset}</source>
        <translation>中心时钟 {offset}</translation>
    </message>
    <message>
        <source>paused</source>
        <translation>已暂停</translation>
    </message>
    <message>
        <source>key pictures only</source>
        <translation>仅关键帧</translation>
    </message>
    <message>
        <source>{length} in memory</source>
        <translation>内存中共 {length}</translation>
    </message>
    <message>
        <source>own clock</source>
        <translation>单独播放</translation>
    </message>
    <message>
        <source>The recording is cut short here</source>
        <translation>此处录像不完整</translation>
    </message>
    <message>
        <source>No footage</source>
        <translation>无录像</translation>
    </message>
    <message>
        <source>No footage back to {time}</source>
        <translation>无录像，向前至 {time}</translation>
    </message>
    <message>
        <source>No footage until {time}</source>
        <translation>无录像，直到 {time}</translation>
    </message>
</context>
<context>
    <name>playback_text</name>
    <message>
        <source>{seconds} s</source>
        <translation>{seconds} 秒</translation>
    </message>
    <message>
        <source>{days} d {clock}</source>
        <translation>{days} 天 {clock}</translation>
    </message>
</context>
<context>
    <name>ptz</name>
    <message>
        <source>Nothing</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Inverted</source>
        <translation>反向</translation>
    </message>
    <message>
        <source>City</source>
        <translation>市级</translation>
    </message>
    <message>
        <source>District</source>
        <translation>区级</translation>
    </message>
    <message>
        <source>Station</source>
        <translation>所级</translation>
    </message>
    <message>
        <source>Running</source>
        <translation>运行中</translation>
    </message>
    <message>
        <source>Paused: the camera is being steered</source>
        <translation>已暂停：摄像机正被操控</translation>
    </message>
    <message>
        <source>Paused: the camera can&apos;t be reached</source>
        <translation>已暂停：无法连接摄像机</translation>
    </message>
    <message>
        <source>Pan</source>
        <translation>水平</translation>
    </message>
    <message>
        <source>Tilt</source>
        <translation>俯仰</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>变倍</translation>
    </message>
    <message>
        <source>Focus</source>
        <translation>聚焦</translation>
    </message>
    <message>
        <source>Iris</source>
        <translation>光圈</translation>
    </message>
    <message>
        <source>Stop the camera</source>
        <translation>停止云台</translation>
    </message>
    <message>
        <source>Go to preset</source>
        <translation>转到预置位</translation>
    </message>
    <message>
        <source>Zoom in</source>
        <translation>拉近</translation>
    </message>
    <message>
        <source>Zoom out</source>
        <translation>拉远</translation>
    </message>
    <message>
        <source>Focus far</source>
        <translation>聚焦远</translation>
    </message>
    <message>
        <source>Focus near</source>
        <translation>聚焦近</translation>
    </message>
    <message>
        <source>Open the iris</source>
        <translation>光圈开大</translation>
    </message>
    <message>
        <source>Close the iris</source>
        <translation>光圈关小</translation>
    </message>
    <message>
        <source>Slow while held</source>
        <translation>按住时慢速</translation>
    </message>
    <message>
        <source>Next pane</source>
        <translation>下一窗格</translation>
    </message>
    <message>
        <source>Previous pane</source>
        <translation>上一窗格</translation>
    </message>
    <message>
        <source>Snapshot</source>
        <translation>抓图</translation>
    </message>
    <message>
        <source>There is no camera in the selected pane.</source>
        <translation>选中的窗格没有摄像机。</translation>
    </message>
    <message>
        <source>The camera&apos;s center steers no cameras.</source>
        <translation>该摄像机所在的中心不支持云台控制。</translation>
    </message>
    <message>
        <source>The center can&apos;t do this with the camera.</source>
        <translation>中心不支持对该摄像机进行此操作。</translation>
    </message>
    <message>
        <source>This camera can&apos;t be steered.</source>
        <translation>该摄像机不支持云台控制。</translation>
    </message>
    <message>
        <source>This camera can&apos;t do this.</source>
        <translation>该摄像机不支持此操作。</translation>
    </message>
    <message>
        <source>Free</source>
        <translation>空闲</translation>
    </message>
    <message>
        <source>Reserved by you, {seconds} s left</source>
        <translation>您已锁定，剩余 {seconds} 秒</translation>
    </message>
    <message>
        <source>Held by you, {seconds} s left</source>
        <translation>您正在操控，剩余 {seconds} 秒</translation>
    </message>
    <message>
        <source>Reserved by {who}, {seconds} s left</source>
        <translation>{who} 已锁定，剩余 {seconds} 秒</translation>
    </message>
    <message>
        <source>Held by {who}, {seconds} s left</source>
        <translation>{who} 操控中，剩余 {seconds} 秒</translation>
    </message>
    <message>
        <source>Stop not confirmed – the camera may still turn</source>
        <translation>停止未确认 – 云台可能仍在转动</translation>
    </message>
    <message>
        <source>Stop not confirmed</source>
        <translation>停止未确认</translation>
    </message>
    <message>
        <source>The center does not answer the steering</source>
        <translation>中心未响应操控</translation>
    </message>
    <message>
        <source>Taken over by {who}: {reason}</source>
        <translation>已被 {who} 接管：{reason}</translation>
    </message>
    <message>
        <source>Cruise: {name}</source>
        <translation>巡航：{name}</translation>
    </message>
    <message>
        <source>Reserved by you</source>
        <translation>您已锁定</translation>
    </message>
    <message>
        <source>Held by you</source>
        <translation>您正在操控</translation>
    </message>
    <message>
        <source>Reserved by {who}</source>
        <translation>{who} 已锁定</translation>
    </message>
    <message>
        <source>Held by {who}</source>
        <translation>{who} 操控中</translation>
    </message>
    <message>
        <source>PTZ {percent} %</source>
        <translation>云台 {percent}%</translation>
    </message>
</context>
<context>
    <name>sheet_paper</name>
    <message>
        <source>every {step}</source>
        <translation>每 {step}</translation>
    </message>
    <message>
        <source>Contact sheet made {when} {who}</source>
        <translation>缩略图一览生成于 {when} {who}</translation>
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
        <source>PTZ mode</source>
        <translation>云台模式</translation>
    </message>
    <message>
        <source>Patrol rounds</source>
        <translation>巡查</translation>
    </message>
    <message>
        <source>Playback</source>
        <translation>回放</translation>
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
        <source>Acknowledge the camera&apos;s alarm</source>
        <translation>确认摄像机报警</translation>
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
        <source>Step seen (also Enter)</source>
        <translation>确认已查（或 Enter）</translation>
    </message>
    <message>
        <source>File a finding</source>
        <translation>上报发现的问题</translation>
    </message>
    <message>
        <source>Pause the round, and go on</source>
        <translation>暂停/继续巡查</translation>
    </message>
    <message>
        <source>Next step</source>
        <translation>下一点位</translation>
    </message>
    <message>
        <source>Take the pane by hand</source>
        <translation>转人工操作</translation>
    </message>
    <message>
        <source>End the round</source>
        <translation>结束巡查</translation>
    </message>
    <message>
        <source>Begin the due round</source>
        <translation>开始到点的巡查</translation>
    </message>
    <message>
        <source>Patrol plans</source>
        <translation>巡查计划</translation>
    </message>
    <message>
        <source>Rounds and findings</source>
        <translation>巡查记录与问题</translation>
    </message>
    <message>
        <source>Shift hand-over</source>
        <translation>交接班</translation>
    </message>
    <message>
        <source>PTZ mode on or off</source>
        <translation>开关云台模式</translation>
    </message>
    <message>
        <source>PTZ panel on or off</source>
        <translation>显示或隐藏云台面板</translation>
    </message>
    <message>
        <source>Alarms</source>
        <translation>报警</translation>
    </message>
    <message>
        <source>Timeline on or off</source>
        <translation>显示或隐藏时间轴</translation>
    </message>
    <message>
        <source>Exports and evidence packages</source>
        <translation>录像导出与证据包</translation>
    </message>
    <message>
        <source>Cases</source>
        <translation>案件</translation>
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
        <source>Search cameras</source>
        <translation>搜索监控点</translation>
    </message>
    <message>
        <source>Favourite or not</source>
        <translation>收藏或取消收藏</translation>
    </message>
    <message>
        <source>Details of the camera</source>
        <translation>监控点详细信息</translation>
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
    <message>
        <source>Arrow keys</source>
        <translation>方向键</translation>
    </message>
    <message>
        <source>Turn; two for a diagonal</source>
        <translation>转动，两键同按为斜向</translation>
    </message>
    <message>
        <source>Keypad 1–9</source>
        <translation>小键盘 1–9</translation>
    </message>
    <message>
        <source>Turn in eight directions</source>
        <translation>八个方向转动</translation>
    </message>
    <message>
        <source>Zoom the camera in and out</source>
        <translation>摄像机拉近、拉远</translation>
    </message>
    <message>
        <source>Focus far and near</source>
        <translation>聚焦远、近</translation>
    </message>
    <message>
        <source>Open and close the iris</source>
        <translation>光圈开大、关小</translation>
    </message>
    <message>
        <source>Steer faster and slower</source>
        <translation>加速、减速</translation>
    </message>
    <message>
        <source>Stop the camera in any case</source>
        <translation>立即停止云台</translation>
    </message>
    <message>
        <source>Go to preset 1 to 9</source>
        <translation>转到预置位 1 至 9</translation>
    </message>
    <message>
        <source>Turn; the farther, the faster</source>
        <translation>转动，拖得越远越快</translation>
    </message>
    <message>
        <source>Bring the place to the middle</source>
        <translation>将该点移到画面中央</translation>
    </message>
    <message>
        <source>Shift+drag</source>
        <translation>Shift+拖动</translation>
    </message>
    <message>
        <source>Zoom into the rectangle</source>
        <translation>框选放大</translation>
    </message>
    <message>
        <source>Backwards, pause, forwards</source>
        <translation>倒放、暂停、正放</translation>
    </message>
    <message>
        <source>Range begins, ends here</source>
        <translation>区间在此开始、结束</translation>
    </message>
    <message>
        <source>Contact sheet, movement, film strip</source>
        <translation>缩略图一览、移动侦测、缩略图条</translation>
    </message>
    <message>
        <source>Picture before, next picture</source>
        <translation>上一帧、下一帧</translation>
    </message>
    <message>
        <source>10 s back, on</source>
        <translation>后退、前进 10 秒</translation>
    </message>
    <message>
        <source>1 min back, on</source>
        <translation>后退、前进 1 分钟</translation>
    </message>
    <message>
        <source>Segment before, next segment</source>
        <translation>上一段、下一段录像</translation>
    </message>
    <message>
        <source>Bookmark before, next bookmark</source>
        <translation>上一个、下一个书签</translation>
    </message>
    <message>
        <source>First and last footage in sight</source>
        <translation>可见范围内最早、最晚的录像</translation>
    </message>
    <message>
        <source>Bookmark</source>
        <translation>书签</translation>
    </message>
    <message>
        <source>Go to a moment</source>
        <translation>跳转到时刻</translation>
    </message>
</context>
<context>
    <name>snapshot_image</name>
    <message>
        <source>Recording</source>
        <translation>录像</translation>
    </message>
    <message>
        <source>camera clock {offset}</source>
        <translation>摄像机时钟 {offset}</translation>
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
        <source>This computer&apos;s keyring has no password for this camera. Enter it by the pane&apos;s menu.</source>
        <translation>本机密钥环中没有此摄像机的密码，请从窗格菜单输入。</translation>
    </message>
    <message>
        <source>The camera refuses the user name or the password. Enter it by the pane&apos;s menu.</source>
        <translation>摄像机拒绝该用户名或密码，请从窗格菜单重新输入。</translation>
    </message>
    <message>
        <source>The keyring of this computer does not give the camera&apos;s password. It may be locked.</source>
        <translation>本机密钥环未给出摄像机密码，可能已锁定。</translation>
    </message>
    <message>
        <source>The camera refuses the log-in because its clock is wrong. Set its clock.</source>
        <translation>摄像机时钟不准，拒绝登录。请校正其时钟。</translation>
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
        <source>You lack the right “Live view” for this camera.</source>
        <translation>您没有此摄像机的“实时预览”权限。</translation>
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
        <source>Nothing was recorded at this time.</source>
        <translation>此时段没有录像。</translation>
    </message>
    <message>
        <source>The recording&apos;s file ends too soon or has a hole here.</source>
        <translation>录像文件在此处提前结束或缺失画面。</translation>
    </message>
    <message>
        <source>The recording is being fetched from the recorder.</source>
        <translation>正在从录像设备取回录像。</translation>
    </message>
    <message>
        <source>The center asks why you need the recording.</source>
        <translation>中心要求填写调阅录像的事由。</translation>
    </message>
    <message>
        <source>The last minute of this camera is not in memory.</source>
        <translation>内存中没有该摄像机最近一分钟的画面。</translation>
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
        <source>No recording</source>
        <translation>无录像</translation>
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
        <source>Somebody else is steering the camera.</source>
        <translation>其他人正在操控该摄像机。</translation>
    </message>
    <message>
        <source>The camera or its center can&apos;t do this.</source>
        <translation>摄像机或中心不支持此操作。</translation>
    </message>
    <message>
        <source>The center hands out recordings only to those who say why.</source>
        <translation>该中心要求说明调取录像的事由。</translation>
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
        <source>The center does not accept this.</source>
        <translation>中心不接受此内容。</translation>
    </message>
    <message>
        <source>Somebody else has changed this meanwhile. Look at it again.</source>
        <translation>其他人已先行修改，请重新查看。</translation>
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
        <source>There is no room left on the disk.</source>
        <translation>磁盘空间不足。</translation>
    </message>
    <message>
        <source>The file can&apos;t be written. Check free space and permissions.</source>
        <translation>文件无法写入，请检查磁盘空间和权限。</translation>
    </message>
    <message>
        <source>A file was changed since its export: nothing vouches for it. Export it again.</source>
        <translation>文件在导出后被改动，无法保证其真实性，请重新导出。</translation>
    </message>
    <message>
        <source>The keyring is locked.</source>
        <translation>密钥环已锁定。</translation>
    </message>
    <message>
        <source>There is no safe keyring on this computer.</source>
        <translation>本机没有安全的密钥环。</translation>
    </message>
    <message>
        <source>The keyring does not work.</source>
        <translation>密钥环无法使用。</translation>
    </message>
    <message>
        <source>This did not work.</source>
        <translation>操作未成功。</translation>
    </message>
    <message>
        <source>The camera refuses the user name or the password.</source>
        <translation>摄像机拒绝该用户名或密码。</translation>
    </message>
    <message>
        <source>This computer&apos;s keyring has no password for the camera.</source>
        <translation>本机密钥环中没有该摄像机的密码。</translation>
    </message>
    <message>
        <source>The center lets this user in only with a browser. Its administrator has to enable the API for the user.</source>
        <translation>该中心只允许此用户通过浏览器访问。请管理员为该用户启用 API。</translation>
    </message>
    <message>
        <source>The center shows its privacy page first. Sign in to it once with a browser, as administrator.</source>
        <translation>该中心要求先确认隐私声明页面。请用管理员账号在浏览器中登录一次。</translation>
    </message>
    <message>
        <source>Its certificate comes from an authority this computer does not know. If it is your own authority, choose its certificate file in the center&apos;s settings.</source>
        <translation>其证书由本机不认识的机构签发。如果是本单位自建的证书机构，请在中心设置中选择其证书文件。</translation>
    </message>
    <message>
        <source>Its certificate was made for another address. Use the address that stands in the certificate.</source>
        <translation>其证书是为另一个地址签发的。请使用证书中所写的地址。</translation>
    </message>
    <message>
        <source>Its certificate has lapsed or is not valid yet. Check this computer&apos;s clock, or tell the administrator.</source>
        <translation>其证书已过期或尚未生效。请检查本机时间，或通知管理员。</translation>
    </message>
    <message>
        <source>The certificate file chosen for this center can&apos;t be read. Choose it again in the center&apos;s settings.</source>
        <translation>为该中心选择的证书文件无法读取。请在中心设置中重新选择。</translation>
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
        <source>{subject}: not signed in by itself. {error}</source>
        <translation>{subject}：未能自动登录。{error}</translation>
    </message>
    <message>
        <source>{subject}: the cameras kept on this computer can&apos;t be read. Take them in again in the settings.</source>
        <translation>{subject}：本机保存的摄像机清单无法读取，请在设置中重新导入。</translation>
    </message>
    <message>
        <source>{subject}: you will have to log in again next time. {error}</source>
        <translation>{subject}：下次需重新登录。{error}</translation>
    </message>
    <message>
        <source>The keyring still holds log-in data for {subject}. {error}</source>
        <translation>密钥环中仍保存着 {subject} 的登录信息。{error}</translation>
    </message>
    <message>
        <source>{subject}: this address can&apos;t be used. See the settings.</source>
        <translation>{subject}：地址无法使用，请查看设置。</translation>
    </message>
    <message>
        <source>Alarm raised: {subject}</source>
        <translation>已触发报警：{subject}</translation>
    </message>
    <message>
        <source>Alarm taken back: {subject}</source>
        <translation>已取消报警：{subject}</translation>
    </message>
    <message>
        <source>{subject}: {detail}</source>
        <translation>{subject}：{detail}</translation>
    </message>
    <message>
        <source>{subject} has no audio.</source>
        <translation>{subject} 没有声音。</translation>
    </message>
    <message>
        <source>Records for {subject} can&apos;t be written and are in memory only: do not end the program. {error}</source>
        <translation>发往{subject}的记录无法写入磁盘，目前只在内存中：请勿退出程序。{error}</translation>
    </message>
    <message>
        <source>{subject} refused a record. It is kept on this computer.</source>
        <translation>{subject}拒收了一条记录，该记录已保留在本机。</translation>
    </message>
    <message>
        <source>Round over: {subject}. {shown} of {total} steps seen.</source>
        <translation>巡查结束：{subject}。{total} 个点位已查 {shown} 个。</translation>
    </message>
    <message>
        <source>{subject} goes on with the round.</source>
        <translation>{subject} 已接手本次巡查。</translation>
    </message>
    <message>
        <source>{subject}: another round is under way in this window.</source>
        <translation>{subject}：本窗口正在进行另一次巡查。</translation>
    </message>
    <message>
        <source>Shift handed over: {subject}</source>
        <translation>已交班：{subject}</translation>
    </message>
    <message>
        <source>Saved: {subject}</source>
        <translation>已保存：{subject}</translation>
    </message>
    <message>
        <source>{subject} was taken over by {detail}</source>
        <translation>{subject} 已被接管：{detail}</translation>
    </message>
    <message>
        <source>{subject}: the stop is not confirmed, the camera may still turn.</source>
        <translation>{subject}：停止未确认，云台可能仍在转动。</translation>
    </message>
    <message>
        <source>Export begun: {subject}</source>
        <translation>开始导出：{subject}</translation>
    </message>
    <message>
        <source>Export done: {subject}</source>
        <translation>导出完成：{subject}</translation>
    </message>
    <message>
        <source>Export done, but some footage is missing: {subject}</source>
        <translation>导出完成，但部分录像缺失：{subject}</translation>
    </message>
    <message>
        <source>Export failed: {subject}. {error}</source>
        <translation>导出失败：{subject}。{error}</translation>
    </message>
    <message>
        <source>The center does not take the change of the case “{subject}”. It is kept on this computer. {error}</source>
        <translation>中心不接受对案件“{subject}”的改动，已改存在本机。{error}</translation>
    </message>
    <message>
        <source>Added to the case “{subject}”: {detail}</source>
        <translation>已加入案件“{subject}”：{detail}</translation>
    </message>
    <message>
        <source>Very many records for {subject} wait on this computer. Check the connection to the center.</source>
        <translation>本机积压了大量待送往{subject}的记录，请检查与中心的连接。</translation>
    </message>
    <message>
        <source>Live view</source>
        <translation>实时预览</translation>
    </message>
    <message>
        <source>Playback</source>
        <translation>录像回放</translation>
    </message>
    <message>
        <source>PTZ control</source>
        <translation>云台控制</translation>
    </message>
    <message>
        <source>Export</source>
        <translation>录像导出</translation>
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
        <source>The center is not trusted, nothing was sent. {reason}</source>
        <translation>该中心不可信任，未发送任何数据。{reason}</translation>
    </message>
    <message>
        <source>The camera refuses the log-in: its clock is {minutes} min {seconds} s ahead.</source>
        <translation>摄像机拒绝登录：其时钟快 {minutes} 分 {seconds} 秒。</translation>
    </message>
    <message>
        <source>The camera refuses the log-in: its clock is {minutes} min {seconds} s behind.</source>
        <translation>摄像机拒绝登录：其时钟慢 {minutes} 分 {seconds} 秒。</translation>
    </message>
    <message>
        <source>{who} holds the camera. You may take it over, with a reason.</source>
        <translation>{who} 正在占用该摄像机，您可填写理由后接管。</translation>
    </message>
    <message>
        <source>{who} holds the camera and has the higher priority, or the same.</source>
        <translation>{who} 正在占用该摄像机，其优先级更高或相同。</translation>
    </message>
    <message>
        <source>You lack the right “{right}”.</source>
        <translation>您没有“{right}”权限。</translation>
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
<context>
    <name>via</name>
    <message>
        <source>via {center}</source>
        <translation>经由{center}</translation>
    </message>
    <message>
        <source>The camera&apos;s own center gives no picture. This one comes over {center}, and goes back by itself once the own center has been well for a minute. Recordings and PTZ stay with the own center.</source>
        <translation>该监控点所属中心无画面，当前画面由{center}提供；所属中心稳定一分钟后自动切回。录像与云台仍走所属中心。</translation>
    </message>
</context>
</TS>
