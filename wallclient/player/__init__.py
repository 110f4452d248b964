"""Picture in: host processes, libVLC, the RTSP bridge, frame rings and their supervisor."""
