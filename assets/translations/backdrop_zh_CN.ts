<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AddTile</name>
    <message>
        <source>Add a picture</source>
        <translation>添加图片</translation>
    </message>
    <message>
        <source>Add a picture, or drop or paste one</source>
        <translation>添加图片，也可以拖入或粘贴</translation>
    </message>
</context>
<context>
    <name>Advanced</name>
    <message>
        <source>&amp;Advanced</source>
        <translation>高级(&amp;A)</translation>
    </message>
    <message>
        <source>Advanced</source>
        <translation>高级</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
</context>
<context>
    <name>Background</name>
    <message>
        <source>Bookshelf</source>
        <translation>书架</translation>
    </message>
    <message>
        <source>City lights</source>
        <translation>城市灯火</translation>
    </message>
    <message>
        <source>Dusk</source>
        <translation>暮色</translation>
    </message>
    <message>
        <source>Evening room</source>
        <translation>夜晚的房间</translation>
    </message>
    <message>
        <source>Garden</source>
        <translation>花园</translation>
    </message>
    <message>
        <source>Lagoon</source>
        <translation>湖水</translation>
    </message>
    <message>
        <source>Leaf shadows</source>
        <translation>叶影</translation>
    </message>
    <message>
        <source>Morning room</source>
        <translation>清晨的房间</translation>
    </message>
    <message>
        <source>Mountains</source>
        <translation>群山</translation>
    </message>
    <message>
        <source>Paper waves</source>
        <translation>纸浪</translation>
    </message>
    <message>
        <source>Studio wall</source>
        <translation>影棚墙面</translation>
    </message>
</context>
<context>
    <name>Backgrounds</name>
    <message>
        <source>There is no picture on the clipboard.</source>
        <translation>剪贴板中没有图片。</translation>
    </message>
    <message>
        <source>Add pictures</source>
        <translation>添加图片</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; was removed.</source>
        <translation>已移除“{name}”。</translation>
    </message>
</context>
<context>
    <name>Banner</name>
    <message>
        <source>Dismiss</source>
        <translation>关闭提示</translation>
    </message>
</context>
<context>
    <name>ColourControl</name>
    <message>
        <source>&amp;Other…</source>
        <translation>其他(&amp;O)…</translation>
    </message>
    <message>
        <source>Other colour</source>
        <translation>其他颜色</translation>
    </message>
    <message>
        <source>Background colour</source>
        <translation>背景颜色</translation>
    </message>
</context>
<context>
    <name>Effect</name>
    <message>
        <source>None</source>
        <translation>无</translation>
    </message>
    <message>
        <source>Blur</source>
        <translation>模糊</translation>
    </message>
    <message>
        <source>Portrait blur</source>
        <translation>人像虚化</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>纯色</translation>
    </message>
    <message>
        <source>Image</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Transparent</source>
        <translation>透明</translation>
    </message>
</context>
<context>
    <name>Field</name>
    <message>
        <source>Steadiness of the outline</source>
        <translation>轮廓稳定度</translation>
    </message>
    <message>
        <source>Sharpness of the outline</source>
        <translation>轮廓锐度</translation>
    </message>
    <message>
        <source>Follow the picture&apos;s edges</source>
        <translation>贴合画面边缘</translation>
    </message>
    <message>
        <source>Only the main person</source>
        <translation>仅保留主要人物</translation>
    </message>
    <message>
        <source>Outline closer or farther</source>
        <translation>轮廓向内或向外</translation>
    </message>
    <message>
        <source>Light of the new background</source>
        <translation>新背景的光线</translation>
    </message>
    <message>
        <source>Leave out what is doubtful</source>
        <translation>去除不确定的部分</translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>运行于</translation>
    </message>
    <message>
        <source>Processor threads</source>
        <translation>处理器线程数</translation>
    </message>
    <message>
        <source>Close the camera while nobody watches</source>
        <translation>无人观看时关闭摄像头</translation>
    </message>
</context>
<context>
    <name>Gallery</name>
    <message>
        <source>Background</source>
        <translation>背景</translation>
    </message>
</context>
<context>
    <name>Messages</name>
    <message>
        <source>No camera was found, so the demo plays. Plug one in and choose it here.</source>
        <translation>没有找到摄像头，正在播放演示。请接入摄像头并在此选择。</translation>
    </message>
</context>
<context>
    <name>Panel</name>
    <message>
        <source>Show &amp;my camera</source>
        <translation>显示我的画面(&amp;M)</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>方案</translation>
    </message>
    <message>
        <source>&amp;Camera</source>
        <translation>摄像头(&amp;C)</translation>
    </message>
    <message>
        <source>Net&amp;work</source>
        <translation>网络模型(&amp;W)</translation>
    </message>
    <message>
        <source>Send to the &amp;virtual camera</source>
        <translation>输出到虚拟摄像头(&amp;V)</translation>
    </message>
    <message>
        <source>Call programs can then choose it as their camera.</source>
        <translation>之后可以在通话软件中选择它作为摄像头。</translation>
    </message>
    <message>
        <source>Take a sna&amp;pshot</source>
        <translation>拍一张快照(&amp;P)</translation>
    </message>
    <message>
        <source>Stay in the &amp;tray when closed</source>
        <translation>关闭窗口后留在托盘(&amp;T)</translation>
    </message>
    <message>
        <source>Check this comp&amp;uter…</source>
        <translation>检查这台电脑(&amp;U)…</translation>
    </message>
    <message>
        <source>Background</source>
        <translation>背景</translation>
    </message>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Demo</source>
        <translation>演示</translation>
    </message>
    <message>
        <source>Picture or video file…</source>
        <translation>图片或视频文件…</translation>
    </message>
    <message>
        <source>{camera} (not there)</source>
        <translation>{camera}（未连接）</translation>
    </message>
</context>
<context>
    <name>Parameter</name>
    <message>
        <source>Strength</source>
        <translation>强度</translation>
    </message>
    <message>
        <source>Colour</source>
        <translation>纯色</translation>
    </message>
    <message>
        <source>Picture</source>
        <translation>图片</translation>
    </message>
</context>
<context>
    <name>PictureGallery</name>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
</context>
<context>
    <name>PictureTile</name>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
</context>
<context>
    <name>Pictures</name>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
</context>
<context>
    <name>Preview</name>
    <message>
        <source>Preview</source>
        <translation>预览</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
</context>
<context>
    <name>Profiles</name>
    <message>
        <source>Keep all choices under a name, and come back to them</source>
        <translation>用一个名字保存所有选项，以便随时恢复</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>方案</translation>
    </message>
    <message>
        <source>Save as…</source>
        <translation>另存为…</translation>
    </message>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Save profile</source>
        <translation>保存方案</translation>
    </message>
    <message>
        <source>Keep all choices, camera and network too, under this name:</source>
        <translation>用这个名字保存所有选项，包括摄像头和网络模型：</translation>
    </message>
    <message>
        <source>The profile &apos;{name}&apos; was removed.</source>
        <translation>已移除方案“{name}”。</translation>
    </message>
</context>
<context>
    <name>SliderControl</name>
    <message>
        <source>{percent} %</source>
        <translation>{percent}%</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>Network</source>
        <translation>网络模型</translation>
    </message>
    <message>
        <source>Matte</source>
        <translation>抠像</translation>
    </message>
    <message>
        <source>Effect</source>
        <translation>背景效果</translation>
    </message>
    <message>
        <source>Composite</source>
        <translation>合成</translation>
    </message>
</context>
<context>
    <name>StageChart</name>
    <message>
        <source>Waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>Whole delay</source>
        <translation>总延迟</translation>
    </message>
    <message>
        <source>Frames left out</source>
        <translation>丢弃的帧</translation>
    </message>
</context>
<context>
    <name>Status</name>
    <message>
        <source>Off. The camera is closed, and others see a card.</source>
        <translation>已关闭。摄像头未使用，对方看到的是一张卡片。</translation>
    </message>
    <message>
        <source>The camera is off while nobody watches.</source>
        <translation>无人观看时摄像头保持关闭。</translation>
    </message>
    <message>
        <source>Starting…</source>
        <translation>正在启动…</translation>
    </message>
    <message>
        <source>{fps} frames per second</source>
        <translation>每秒 {fps} 帧</translation>
    </message>
    <message>
        <source>{latency} ms delay</source>
        <translation>延迟 {latency} 毫秒</translation>
    </message>
    <message>
        <source>{network} on {provider}</source>
        <translation>{network}，运行于 {provider}</translation>
    </message>
</context>
<context>
    <name>StatusLine</name>
    <message>
        <source>Show how long each step takes</source>
        <translation>显示每一步所需的时间</translation>
    </message>
</context>
<context>
    <name>Tray</name>
    <message>
        <source>Show my camera</source>
        <translation>显示我的画面</translation>
    </message>
    <message>
        <source>Profile</source>
        <translation>方案</translation>
    </message>
    <message>
        <source>Open Backdrop</source>
        <translation>打开 Backdrop</translation>
    </message>
    <message>
        <source>Quit</source>
        <translation>退出</translation>
    </message>
    <message>
        <source>Backdrop is on</source>
        <translation>Backdrop 已开启</translation>
    </message>
    <message>
        <source>Backdrop is off</source>
        <translation>Backdrop 已关闭</translation>
    </message>
</context>
<context>
    <name>Welcome</name>
    <message>
        <source>Welcome to Backdrop</source>
        <translation>欢迎使用 Backdrop</translation>
    </message>
    <message>
        <source>Camera</source>
        <translation>摄像头</translation>
    </message>
    <message>
        <source>Virtual camera</source>
        <translation>虚拟摄像头</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络模型</translation>
    </message>
    <message>
        <source>&amp;Copy the command</source>
        <translation>复制命令(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Look again</source>
        <translation>重新检查(&amp;L)</translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation>开始(&amp;S)</translation>
    </message>
    <message>
        <source>Hides the room behind you, in any call</source>
        <translation>在任何通话中隐藏您身后的房间</translation>
    </message>
    <message>
        <source>Choose Backdrop as the camera in your call.</source>
        <translation>请在通话软件中选择 Backdrop 作为摄像头。</translation>
    </message>
    <message>
        <source>Nothing leaves this computer. What fails shows a card, never your room.</source>
        <translation>一切都不会离开这台电脑。出错时显示卡片，绝不显示您的房间。</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>Backdrop</source>
        <translation>Backdrop</translation>
    </message>
    <message>
        <source>Choose a camera</source>
        <translation>选择摄像头</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
    <message>
        <source>Play a picture or a video instead of the camera</source>
        <translation>用图片或视频代替摄像头</translation>
    </message>
    <message>
        <source>The picture is kept as &apos;{path}&apos;.</source>
        <translation>图片已保存为“{path}”。</translation>
    </message>
    <message>
        <source>Drop the picture to put it behind you</source>
        <translation>松开即可把图片放到您身后</translation>
    </message>
</context>
</TS>
