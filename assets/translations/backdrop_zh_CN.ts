<?xml version="1.0" encoding="utf-8"?>
<!DOCTYPE TS>
<TS version="2.1" language="zh_CN" sourcelanguage="en">
<context>
    <name>AddTile</name>
    <message>
        <source>Add a picture or a video</source>
        <translation>添加图片或视频</translation>
    </message>
    <message>
        <source>Add a picture or a video, or drop or paste one</source>
        <translation>添加图片或视频，也可拖放或粘贴</translation>
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
    <name>BackgroundController</name>
    <message>
        <source>There is no picture on the clipboard.</source>
        <translation>剪贴板中没有图片。</translation>
    </message>
    <message>
        <source>{names} and {count} more</source>
        <translation>{names}等，另有 {count} 个</translation>
    </message>
    <message>
        <source>These files cannot be used: {names}.</source>
        <translation>以下文件无法使用：{names}。</translation>
    </message>
    <message>
        <source>Add pictures or videos</source>
        <translation>添加图片或视频</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; was removed.</source>
        <translation>已移除“{name}”。</translation>
    </message>
</context>
<context>
    <name>BackgroundGallery</name>
    <message>
        <source>Pictures</source>
        <translation>图片</translation>
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
    <name>BannerController</name>
    <message>
        <source>Choose a camera</source>
        <translation>选择摄像头</translation>
    </message>
    <message>
        <source>Undo</source>
        <translation>撤销</translation>
    </message>
</context>
<context>
    <name>CameraChooser</name>
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
    <name>Choice</name>
    <message>
        <source>Everyone</source>
        <translation>所有人</translation>
    </message>
    <message>
        <source>Only me</source>
        <translation>只显示我</translation>
    </message>
    <message>
        <source>As clicked in the preview</source>
        <translation>按预览中的点击</translation>
    </message>
    <message>
        <source>Full picture</source>
        <translation>整个画面</translation>
    </message>
    <message>
        <source>Smaller, before the background</source>
        <translation>缩小，站在背景前</translation>
    </message>
    <message>
        <source>In a circle</source>
        <translation>圆形窗口</translation>
    </message>
    <message>
        <source>In a rounded rectangle</source>
        <translation>圆角矩形窗口</translation>
    </message>
    <message>
        <source>Top left</source>
        <translation>左上</translation>
    </message>
    <message>
        <source>Top right</source>
        <translation>右上</translation>
    </message>
    <message>
        <source>Bottom left</source>
        <translation>左下</translation>
    </message>
    <message>
        <source>Bottom right</source>
        <translation>右下</translation>
    </message>
    <message>
        <source>Without serifs</source>
        <translation>无衬线</translation>
    </message>
    <message>
        <source>With serifs</source>
        <translation>衬线</translation>
    </message>
    <message>
        <source>Typewriter</source>
        <translation>等宽</translation>
    </message>
</context>
<context>
    <name>CleanWindow</name>
    <message>
        <source>Backdrop – clean window</source>
        <translation>Backdrop – 纯画面窗口</translation>
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
    <name>DragAndDrop</name>
    <message>
        <source>Drop it here to put it behind you</source>
        <translation>拖放到此处，作为您的背景</translation>
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
        <source>Picture</source>
        <translation>图片</translation>
    </message>
    <message>
        <source>Video</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>Slides</source>
        <translation>幻灯片</translation>
    </message>
    <message>
        <source>Screen</source>
        <translation>屏幕</translation>
    </message>
    <message>
        <source>Transparent</source>
        <translation>透明</translation>
    </message>
</context>
<context>
    <name>EffectGallery</name>
    <message>
        <source>Background</source>
        <translation>背景</translation>
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
        <source>Shrink or grow the outline</source>
        <translation>轮廓收缩／扩张</translation>
    </message>
    <message>
        <source>Blend in the background&apos;s light</source>
        <translation>融合背景光</translation>
    </message>
    <message>
        <source>Remove uncertain areas</source>
        <translation>去除不确定的区域</translation>
    </message>
    <message>
        <source>Remember the room</source>
        <translation>记住房间</translation>
    </message>
    <message>
        <source>Rotate</source>
        <translation>旋转</translation>
    </message>
    <message>
        <source>Record the sound of the microphone</source>
        <translation>录制麦克风的声音</translation>
    </message>
    <message>
        <source>Turn the camera off when no app uses it</source>
        <translation>没有程序使用时关闭摄像头</translation>
    </message>
    <message>
        <source>Follow me (auto framing)</source>
        <translation>跟随我（自动取景）</translation>
    </message>
    <message>
        <source>Who is shown</source>
        <translation>显示谁</translation>
    </message>
    <message>
        <source>Zoom</source>
        <translation>缩放</translation>
    </message>
    <message>
        <source>Mirror</source>
        <translation>镜像</translation>
    </message>
    <message>
        <source>Brighten in poor light</source>
        <translation>弱光下提亮</translation>
    </message>
    <message>
        <source>Runs on</source>
        <translation>运行于</translation>
    </message>
    <message>
        <source>Processor threads</source>
        <translation>处理器线程数</translation>
    </message>
</context>
<context>
    <name>FileControl</name>
    <message>
        <source>Remove</source>
        <translation>移除</translation>
    </message>
    <message>
        <source>Choose a .cube file…</source>
        <translation>选择 .cube 文件…</translation>
    </message>
    <message>
        <source>Colour tables (*.cube *.CUBE)</source>
        <translation>颜色查找表 (*.cube *.CUBE)</translation>
    </message>
</context>
<context>
    <name>Level</name>
    <message>
        <source>Auto</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>Fastest</source>
        <translation>最快</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>均衡</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>最佳</translation>
    </message>
</context>
<context>
    <name>Look</name>
    <message>
        <source>Less noise in the dark</source>
        <translation>减少暗处噪点</translation>
    </message>
    <message>
        <source>Touch up my skin</source>
        <translation>美化我的皮肤</translation>
    </message>
    <message>
        <source>Clear eyes</source>
        <translation>明亮双眼</translation>
    </message>
    <message>
        <source>Colour my lips</source>
        <translation>为我的嘴唇上色</translation>
    </message>
    <message>
        <source>Lips: from plum to coral</source>
        <translation>唇色：从梅紫到珊瑚</translation>
    </message>
    <message>
        <source>Light on my face</source>
        <translation>照亮我的脸</translation>
    </message>
    <message>
        <source>Light on my face: from cool to warm</source>
        <translation>脸部光线：从冷到暖</translation>
    </message>
    <message>
        <source>Sharpen me</source>
        <translation>锐化我的画面</translation>
    </message>
    <message>
        <source>Automatic white balance</source>
        <translation>自动白平衡</translation>
    </message>
    <message>
        <source>Exposure</source>
        <translation>曝光</translation>
    </message>
    <message>
        <source>Contrast</source>
        <translation>对比度</translation>
    </message>
    <message>
        <source>Warmth</source>
        <translation>色温</translation>
    </message>
    <message>
        <source>Vibrance</source>
        <translation>自然饱和度</translation>
    </message>
    <message>
        <source>Light on me</source>
        <translation>为我补光</translation>
    </message>
    <message>
        <source>Darker background</source>
        <translation>调暗背景</translation>
    </message>
    <message>
        <source>Colour table</source>
        <translation>颜色查找表</translation>
    </message>
    <message>
        <source>Strength of the table</source>
        <translation>查找表强度</translation>
    </message>
    <message>
        <source>Darker corners</source>
        <translation>暗角</translation>
    </message>
</context>
<context>
    <name>LookGallery</name>
    <message>
        <source>Looks</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>As it is</source>
        <translation>原样</translation>
    </message>
</context>
<context>
    <name>LookSection</name>
    <message>
        <source>A double click or Delete resets a slider.</source>
        <translation>双击滑块或按 Delete 键可还原默认值。</translation>
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
    <name>MicrophoneChooser</name>
    <message>
        <source>Microphone</source>
        <translation>麦克风</translation>
    </message>
    <message>
        <source>The system&apos;s microphone</source>
        <translation>系统默认麦克风</translation>
    </message>
</context>
<context>
    <name>MicrophoneController</name>
    <message>
        <source>Record</source>
        <translation>录制</translation>
    </message>
    <message>
        <source>Record the sound of the microphone too?</source>
        <translation>是否同时录制麦克风的声音？</translation>
    </message>
    <message>
        <source>Backdrop listens during recordings only. You can change this later under Advanced.</source>
        <translation>Backdrop 只在录制期间使用麦克风。之后可在“高级”中更改。</translation>
    </message>
    <message>
        <source>With microphone</source>
        <translation>使用麦克风</translation>
    </message>
    <message>
        <source>Without microphone</source>
        <translation>不使用麦克风</translation>
    </message>
    <message>
        <source>Cancel</source>
        <translation>取消</translation>
    </message>
</context>
<context>
    <name>Panel</name>
    <message>
        <source>&amp;Camera</source>
        <translation>摄像头(&amp;C)</translation>
    </message>
    <message>
        <source>Framin&amp;g and light</source>
        <translation>构图与光线(&amp;G)</translation>
    </message>
    <message>
        <source>Stay in the &amp;tray when closed</source>
        <translation>关闭窗口后留在托盘(&amp;T)</translation>
    </message>
    <message>
        <source>Fewer previews on &amp;battery power</source>
        <translation>用电池时减少预览次数(&amp;B)</translation>
    </message>
    <message>
        <source>Start &amp;when I sign in</source>
        <translation>登录时自动启动(&amp;W)</translation>
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
        <source>&amp;Quality</source>
        <translation>抠像质量(&amp;Q)</translation>
    </message>
    <message>
        <source>&amp;Advanced</source>
        <translation>高级(&amp;A)</translation>
    </message>
    <message>
        <source>Learn my room</source>
        <translation>学习我的房间</translation>
    </message>
    <message>
        <source>Find a setting</source>
        <translation>查找设置</translation>
    </message>
    <message>
        <source>Loo&amp;k</source>
        <translation>外观(&amp;K)</translation>
    </message>
    <message>
        <source>Pr&amp;esenter</source>
        <translation>演讲(&amp;E)</translation>
    </message>
    <message>
        <source>Others see your room.</source>
        <translation>对方能看到您的房间。</translation>
    </message>
    <message>
        <source>Black in programs that show no transparency.</source>
        <translation>不支持透明的程序会显示为黑色。</translation>
    </message>
    <message>
        <source>Others see this screen, without Backdrop&apos;s own windows.</source>
        <translation>其他人会看到此屏幕，但看不到 Backdrop 自己的窗口。</translation>
    </message>
</context>
<context>
    <name>PanelHead</name>
    <message>
        <source>Show &amp;my camera</source>
        <translation>显示我的画面(&amp;M)</translation>
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
    <message>
        <source>Video</source>
        <translation>视频</translation>
    </message>
    <message>
        <source>Slides</source>
        <translation>幻灯片</translation>
    </message>
    <message>
        <source>Screen</source>
        <translation>屏幕</translation>
    </message>
    <message>
        <source>Page</source>
        <translation>页</translation>
    </message>
</context>
<context>
    <name>PeopleController</name>
    <message>
        <source>Person {number} of {count}, shown: press Space to hide</source>
        <translation>第 {number} 人，共 {count} 人，已显示：按空格键隐藏</translation>
    </message>
    <message>
        <source>Person {number} of {count}, hidden: press Space to show</source>
        <translation>第 {number} 人，共 {count} 人，已隐藏：按空格键显示</translation>
    </message>
</context>
<context>
    <name>PeopleOutlines</name>
    <message>
        <source>Hide this person</source>
        <translation>隐藏此人</translation>
    </message>
    <message>
        <source>Show this person</source>
        <translation>显示此人</translation>
    </message>
</context>
<context>
    <name>PictureControl</name>
    <message>
        <source>Choose a picture…</source>
        <translation>选择图片…</translation>
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
        <source>Pictures and videos</source>
        <translation>图片和视频</translation>
    </message>
    <message>
        <source>All files</source>
        <translation>所有文件</translation>
    </message>
</context>
<context>
    <name>Presenter</name>
    <message>
        <source>Place</source>
        <translation>位置</translation>
    </message>
    <message>
        <source>Size</source>
        <translation>大小</translation>
    </message>
    <message>
        <source>From left to right</source>
        <translation>从左到右</translation>
    </message>
    <message>
        <source>From top to bottom</source>
        <translation>从上到下</translation>
    </message>
    <message>
        <source>Mirror me</source>
        <translation>镜像我的画面</translation>
    </message>
    <message>
        <source>Shadow</source>
        <translation>阴影</translation>
    </message>
    <message>
        <source>Behind me in the bubble</source>
        <translation>小窗口内我身后的颜色</translation>
    </message>
    <message>
        <source>Name</source>
        <translation>姓名</translation>
    </message>
    <message>
        <source>Line below the name</source>
        <translation>姓名下方的文字</translation>
    </message>
    <message>
        <source>Show the name tag</source>
        <translation>显示姓名牌</translation>
    </message>
    <message>
        <source>Corner</source>
        <translation>角落</translation>
    </message>
    <message>
        <source>Font</source>
        <translation>字体</translation>
    </message>
    <message>
        <source>Colour of the text</source>
        <translation>文字颜色</translation>
    </message>
    <message>
        <source>Colour of the plate</source>
        <translation>底板颜色</translation>
    </message>
    <message>
        <source>Logo</source>
        <translation>徽标</translation>
    </message>
    <message>
        <source>Opacity</source>
        <translation>不透明度</translation>
    </message>
</context>
<context>
    <name>PresenterSection</name>
    <message>
        <source>Slides</source>
        <translation>幻灯片</translation>
    </message>
    <message>
        <source>Screen or window behind me</source>
        <translation>我身后的屏幕或窗口</translation>
    </message>
    <message>
        <source>Where I stand</source>
        <translation>我的位置</translation>
    </message>
    <message>
        <source>Drag yourself in the preview; the wheel changes the size.</source>
        <translation>在预览中拖动自己；滚轮可改变大小。</translation>
    </message>
    <message>
        <source>Name tag</source>
        <translation>姓名牌</translation>
    </message>
    <message>
        <source>Logo</source>
        <translation>徽标</translation>
    </message>
</context>
<context>
    <name>Preset</name>
    <message>
        <source>Natural</source>
        <translation>自然</translation>
    </message>
    <message>
        <source>Meeting</source>
        <translation>会议</translation>
    </message>
    <message>
        <source>Dark room</source>
        <translation>昏暗房间</translation>
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
    <message>
        <source>Before</source>
        <translation>处理前</translation>
    </message>
    <message>
        <source>After</source>
        <translation>处理后</translation>
    </message>
</context>
<context>
    <name>ProfileButton</name>
    <message>
        <source>Profile</source>
        <translation>方案</translation>
    </message>
    <message>
        <source>Save all settings under a name and use them again</source>
        <translation>将所有设置保存为一个名称，以便再次使用</translation>
    </message>
</context>
<context>
    <name>ProfileController</name>
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
        <source>Save all settings, including camera and quality, under this name:</source>
        <translation>以此名称保存所有设置（包括摄像头和抠像质量）：</translation>
    </message>
    <message>
        <source>The profile &apos;{name}&apos; was removed.</source>
        <translation>已移除方案“{name}”。</translation>
    </message>
</context>
<context>
    <name>Provider</name>
    <message>
        <source>Processor</source>
        <translation>处理器</translation>
    </message>
    <message>
        <source>NVIDIA GPU</source>
        <translation>NVIDIA 显卡</translation>
    </message>
    <message>
        <source>NVIDIA GPU (TensorRT)</source>
        <translation>NVIDIA 显卡（TensorRT）</translation>
    </message>
    <message>
        <source>AMD GPU</source>
        <translation>AMD 显卡</translation>
    </message>
    <message>
        <source>GPU (DirectML)</source>
        <translation>显卡（DirectML）</translation>
    </message>
    <message>
        <source>Apple GPU and Neural Engine</source>
        <translation>Apple 图形处理器和神经引擎</translation>
    </message>
    <message>
        <source>Intel (OpenVINO)</source>
        <translation>Intel（OpenVINO）</translation>
    </message>
</context>
<context>
    <name>RecordingBar</name>
    <message>
        <source>Sna&amp;pshot</source>
        <translation>快照(&amp;P)</translation>
    </message>
    <message>
        <source>Save what others see now as a picture</source>
        <translation>将他人现在看到的画面保存为图片</translation>
    </message>
    <message>
        <source>Clean w&amp;indow</source>
        <translation>纯净窗口(&amp;I)</translation>
    </message>
    <message>
        <source>The picture alone, for programs that capture a window. Escape closes it.</source>
        <translation>仅显示画面，供捕获窗口的程序使用。按 Esc 关闭。</translation>
    </message>
    <message>
        <source>Level of the microphone</source>
        <translation>麦克风音量</translation>
    </message>
    <message>
        <source>&amp;Record</source>
        <translation>录制(&amp;R)</translation>
    </message>
    <message>
        <source>Stop &amp;recording ({time})</source>
        <translation>停止录制 ({time})(&amp;R)</translation>
    </message>
</context>
<context>
    <name>RecordingController</name>
    <message>
        <source>Saved to &apos;{path}&apos;.</source>
        <translation>已保存到“{path}”。</translation>
    </message>
</context>
<context>
    <name>RoomLessonController</name>
    <message>
        <source>Show your camera with a background first: then the room can be learnt.</source>
        <translation>请先打开摄像头并选择一个背景，然后才能学习房间。</translation>
    </message>
    <message>
        <source>Please step out of the picture for three seconds.</source>
        <translation>请离开画面三秒钟。</translation>
    </message>
    <message>
        <source>Your room is being learnt: please stay outside a moment longer.</source>
        <translation>正在学习您的房间：请再在画面外稍等片刻。</translation>
    </message>
    <message>
        <source>Your room is known now. It is kept in memory only.</source>
        <translation>已记住您的房间，只保存在内存中。</translation>
    </message>
    <message>
        <source>Somebody was in the picture all the time. Please try again.</source>
        <translation>画面中一直有人，请再试一次。</translation>
    </message>
</context>
<context>
    <name>ScreenChooser</name>
    <message>
        <source>Screen or window behind me</source>
        <translation>我身后的屏幕或窗口</translation>
    </message>
    <message>
        <source>Off</source>
        <translation>关闭</translation>
    </message>
    <message>
        <source>Whole screen</source>
        <translation>整个屏幕</translation>
    </message>
    <message>
        <source>Screen {number} ({name})</source>
        <translation>屏幕 {number}（{name}）</translation>
    </message>
</context>
<context>
    <name>ScreenLight</name>
    <message>
        <source>Screen light</source>
        <translation>屏幕补光</translation>
    </message>
</context>
<context>
    <name>ScreenLightControls</name>
    <message>
        <source>Screen light</source>
        <translation>屏幕补光</translation>
    </message>
    <message>
        <source>A ring of light around your screen. You can click through it.</source>
        <translation>环绕屏幕的一圈光，不影响点击。</translation>
    </message>
    <message>
        <source>Only while it is dark</source>
        <translation>仅在昏暗时</translation>
    </message>
    <message>
        <source>Brightness of the light</source>
        <translation>补光亮度</translation>
    </message>
    <message>
        <source>Warmth of the light</source>
        <translation>补光色温</translation>
    </message>
</context>
<context>
    <name>Sentence</name>
    <message>
        <source>No camera was found: plug one in, or close the program that uses it.</source>
        <translation>没有找到摄像头：请接上一个，或关闭正在使用它的程序。</translation>
    </message>
    <message>
        <source>There is no camera &apos;{name}&apos;: the ones found are {names}.</source>
        <translation>没有摄像头“{name}”：找到的有 {names}。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is not a camera: the ones found are {names}.</source>
        <translation>&apos;{path}&apos; 不是摄像头：找到的摄像头有 {names}。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is not a camera, and no other was found.</source>
        <translation>&apos;{path}&apos; 不是摄像头，也没有找到其他摄像头。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; is Backdrop&apos;s own virtual camera: choose another source.</source>
        <translation>&apos;{name}&apos; 是 Backdrop 自己的虚拟摄像头：请选择其他来源。</translation>
    </message>
    <message>
        <source>No program sends pictures to the virtual camera &apos;{name}&apos;.</source>
        <translation>没有程序向虚拟摄像头 &apos;{name}&apos; 发送画面。</translation>
    </message>
    <message>
        <source>The camera &apos;{name}&apos; cannot be opened: {reason}.</source>
        <translation>无法打开摄像头“{name}”：{reason}。</translation>
    </message>
    <message>
        <source>The camera &apos;{title}&apos; has stopped giving pictures.</source>
        <translation>摄像头“{title}”不再提供画面。</translation>
    </message>
    <message>
        <source>The camera &apos;{title}&apos; gives the same picture again and again.</source>
        <translation>摄像头“{title}”一直提供同一个画面。</translation>
    </message>
    <message>
        <source>The camera &apos;{title}&apos; gives no more pictures: is it still plugged in?</source>
        <translation>摄像头“{title}”不再提供画面：它还接着吗？</translation>
    </message>
    <message>
        <source>The camera &apos;{title}&apos; was unplugged.</source>
        <translation>摄像头“{title}”已被拔出。</translation>
    </message>
    <message>
        <source>The camera does not answer: unplug it and plug it in again.</source>
        <translation>摄像头没有响应：请拔出后重新接上。</translation>
    </message>
    <message>
        <source>&apos;{spec}&apos; does not answer; Backdrop goes on waiting.</source>
        <translation>“{spec}”没有响应；Backdrop 继续等待。</translation>
    </message>
    <message>
        <source>&apos;{title}&apos; gives pictures of a kind that Backdrop cannot use.</source>
        <translation>“{title}”提供的画面格式 Backdrop 无法使用。</translation>
    </message>
    <message>
        <source>The source has ended.</source>
        <translation>画面来源已结束。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; has no pictures in it.</source>
        <translation>“{path}”中没有画面。</translation>
    </message>
    <message>
        <source>PipeWire is not running.</source>
        <translation>PipeWire 未运行。</translation>
    </message>
    <message>
        <source>PipeWire takes no more pictures; Backdrop connects again.</source>
        <translation>PipeWire 不再接收画面，Backdrop 将重新连接。</translation>
    </message>
    <message>
        <source>PipeWire is not installed.</source>
        <translation>未安装 PipeWire。</translation>
    </message>
    <message>
        <source>PipeWire exists on Linux only.</source>
        <translation>PipeWire 仅适用于 Linux。</translation>
    </message>
    <message>
        <source>PipeWire has ended; Backdrop connects again when it is back.</source>
        <translation>PipeWire 已停止，恢复后 Backdrop 会重新连接。</translation>
    </message>
    <message>
        <source>PipeWire, which browsers can use; for other programs {advice}</source>
        <translation>PipeWire（浏览器可用）；其他程序：{advice}</translation>
    </message>
    <message>
        <source>No microphone was found.</source>
        <translation>未找到麦克风。</translation>
    </message>
    <message>
        <source>There is no microphone &apos;{name}&apos;: the ones found are {names}.</source>
        <translation>没有名为“{name}”的麦克风：找到的有 {names}。</translation>
    </message>
    <message>
        <source>The microphone &apos;{name}&apos; cannot be used: {reason}.</source>
        <translation>无法使用麦克风“{name}”：{reason}。</translation>
    </message>
    <message>
        <source>The microphone &apos;{title}&apos; is gone.</source>
        <translation>麦克风“{title}”已断开。</translation>
    </message>
    <message>
        <source>The microphone &apos;{title}&apos; gives no sound.</source>
        <translation>麦克风“{title}”没有声音。</translation>
    </message>
    <message>
        <source>No microphone can be used: there is no sound system that Backdrop can reach.</source>
        <translation>无法使用麦克风：Backdrop 找不到可用的声音系统。</translation>
    </message>
    <message>
        <source>There is no file &apos;{path}&apos;.</source>
        <translation>没有文件“{path}”。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is empty.</source>
        <translation>“{path}”是空的。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is a folder, not a file.</source>
        <translation>“{path}”是文件夹，不是文件。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is a pipe or a device: please give a file.</source>
        <translation>&apos;{path}&apos; 是管道或设备：请指定一个文件。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is not a picture that Backdrop can read.</source>
        <translation>“{path}”不是 Backdrop 能读取的图片。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is not a PDF that Backdrop can read.</source>
        <translation>“{path}”不是 Backdrop 能读取的 PDF。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is locked with a password: save a copy of it without one.</source>
        <translation>“{path}”有密码保护：请另存一份不带密码的副本。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; has no pages in it.</source>
        <translation>“{path}”中没有页面。</translation>
    </message>
    <message>
        <source>Page {page} of &apos;{path}&apos; cannot be shown: {reason}.</source>
        <translation>无法显示“{path}”的第 {page} 页：{reason}。</translation>
    </message>
    <message>
        <source>There are no pictures in the folder &apos;{folder}&apos;.</source>
        <translation>文件夹“{folder}”中没有图片。</translation>
    </message>
    <message>
        <source>No font on this computer has the characters {characters} of the name tag: install one that has them, such as Noto Sans CJK for Chinese, Japanese and Korean.</source>
        <translation>这台电脑上没有字体包含姓名牌中的字符 {characters}：请安装包含它们的字体，例如用于中文、日文和韩文的 Noto Sans CJK。</translation>
    </message>
    <message>
        <source>Choose a PDF or a folder of pictures as slides first.</source>
        <translation>请先选择 PDF 或图片文件夹作为幻灯片。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is not a video that Backdrop can read.</source>
        <translation>“{path}”不是 Backdrop 能读取的视频。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; has no moving pictures in it.</source>
        <translation>“{path}”中没有活动画面。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is a video in the codec &apos;{codec}&apos;, which Backdrop cannot decode.</source>
        <translation>“{path}”是采用“{codec}”编码的视频，Backdrop 无法解码。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is a video in a codec that Backdrop cannot decode.</source>
        <translation>“{path}”的视频编码 Backdrop 无法解码。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is not complete: it ends after {end_s} of {expected_s} seconds.</source>
        <translation>“{path}”不完整：共 {expected_s} 秒，在第 {end_s} 秒就结束了。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is not complete: its end is missing.</source>
        <translation>“{path}”不完整：缺少末尾部分。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is broken in the middle: {reason}.</source>
        <translation>“{path}”中途损坏：{reason}。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is damaged: of {length_s} seconds, {pictures_s} s of the pictures and {sound_s} s of the sound could not be read.</source>
        <translation>“{path}”已损坏：全长 {length_s} 秒，其中 {pictures_s} 秒画面和 {sound_s} 秒声音无法读取。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is incomplete: the index at its end is missing. It was not closed, or not copied in full.</source>
        <translation>“{path}”不完整：末尾的索引缺失。文件未正常关闭，或未完整复制。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is damaged: it can be read up to {end_s} s.</source>
        <translation>&apos;{path}&apos; 已损坏：只能读到第 {end_s} 秒。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; cannot be played again from its start.</source>
        <translation>无法从头重新播放“{path}”。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is too large, {width_px} x {height_px} pixels: Backdrop takes up to {megapixels} megapixels.</source>
        <translation>“{path}”太大，{width_px} x {height_px} 像素：Backdrop 最多接受 {megapixels} 百万像素。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; cannot be changed: {reason}.</source>
        <translation>无法更改“{path}”：{reason}。</translation>
    </message>
    <message>
        <source>The picture on the clipboard cannot be read.</source>
        <translation>无法读取剪贴板中的图片。</translation>
    </message>
    <message>
        <source>The settings cannot be kept in &apos;{path}&apos;: {reason}.</source>
        <translation>设置无法保存到“{path}”：{reason}。</translation>
    </message>
    <message>
        <source>Starting with the system cannot be changed in &apos;{path}&apos;: {reason}.</source>
        <translation>无法在“{path}”中更改随系统启动：{reason}。</translation>
    </message>
    <message>
        <source>Nothing can be kept in &apos;{folder}&apos;: {reason}.</source>
        <translation>无法保存到“{folder}”：{reason}。</translation>
    </message>
    <message>
        <source>There is no picture to keep while the camera is not shown.</source>
        <translation>摄像头画面未显示时没有可保存的图片。</translation>
    </message>
    <message>
        <source>Choose a picture for the background first.</source>
        <translation>请先为背景选择一张图片。</translation>
    </message>
    <message>
        <source>Choose a video for the background first.</source>
        <translation>请先为背景选择一个视频。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; is too large for a background, {width} x {height} pixels: Backdrop takes videos up to 3840 x 2160.</source>
        <translation>“{path}”作为背景太大，{width} x {height} 像素：Backdrop 最大接受 3840 x 2160 的视频。</translation>
    </message>
    <message>
        <source>Give the profile a name.</source>
        <translation>请给方案起个名字。</translation>
    </message>
    <message>
        <source>There is no network &apos;{name}&apos;: there is {networks}.</source>
        <translation>没有网络“{name}”：现有 {networks}。</translation>
    </message>
    <message>
        <source>There is no network to measure: please install Backdrop again.</source>
        <translation>没有可测量的网络：请重新安装 Backdrop。</translation>
    </message>
    <message>
        <source>The network &apos;{name}&apos; cannot be run: {reason}.</source>
        <translation>无法运行网络“{name}”：{reason}。</translation>
    </message>
    <message>
        <source>The network &apos;{name}&apos; gave a broken matte.</source>
        <translation>网络“{name}”给出的蒙版有误。</translation>
    </message>
    <message>
        <source>The network &apos;{name}&apos; took the whole picture for the person.</source>
        <translation>网络“{name}”把整个画面当成了人。</translation>
    </message>
    <message>
        <source>The network does not answer; Backdrop waits for it.</source>
        <translation>网络没有响应；Backdrop 正在等待。</translation>
    </message>
    <message>
        <source>The network &apos;{path}&apos; cannot be read: {reason}.</source>
        <translation>无法读取网络“{path}”：{reason}。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; cannot be loaded: it is damaged, or not a network.</source>
        <translation>无法加载“{name}”：它已损坏，或不是网络。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; is too large for a network: Backdrop takes up to {limit_mb} MB.</source>
        <translation>“{name}”作为网络太大：Backdrop 最多接受 {limit_mb} MB。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; is not what its model card describes: please install it again.</source>
        <translation>“{name}”与其说明卡不符：请重新安装。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; keeps its weights in another file: export it as a single one.</source>
        <translation>“{name}”的权重在另一个文件中：请导出为单个文件。</translation>
    </message>
    <message>
        <source>&apos;{file_name}&apos; must have one input &apos;frame&apos; (uint8, 1 x H x W x 3), not {inputs}.</source>
        <translation>“{file_name}”必须有一个输入 frame（uint8，1 x H x W x 3），而不是 {inputs}。</translation>
    </message>
    <message>
        <source>&apos;{file_name}&apos; must have one output &apos;alpha&apos; (float, 1 x H x W), not {outputs}.</source>
        <translation>“{file_name}”必须有一个输出 alpha（float，1 x H x W），而不是 {outputs}。</translation>
    </message>
    <message>
        <source>&apos;{file_name}&apos; does not say its {fields} in its metadata.</source>
        <translation>“{file_name}”的元数据中没有 {fields}。</translation>
    </message>
    <message>
        <source>&apos;{file_name}&apos; has a bad number in its metadata: {error}.</source>
        <translation>“{file_name}”的元数据中有错误的数字：{error}。</translation>
    </message>
    <message>
        <source>{provider} cannot be used, so the network runs on the CPU: {reason}.</source>
        <translation>无法使用 {provider}，因此网络在处理器上运行：{reason}。</translation>
    </message>
    <message>
        <source>{maker}&apos;s driver is not installed</source>
        <translation>未安装 {maker} 的驱动程序</translation>
    </message>
    <message>
        <source>its libraries cannot be loaded</source>
        <translation>无法加载它的库</translation>
    </message>
    <message>
        <source>{providers} found; the network can run there</source>
        <translation>找到了 {providers}；网络可以在上面运行</translation>
    </message>
    <message>
        <source>{packages} are installed together and overwrite each other&apos;s files: run {first}, then {second}</source>
        <translation>{packages} 同时安装，会互相覆盖文件：请运行 {first}，再运行 {second}</translation>
    </message>
    <message>
        <source>NVIDIA driver found, but CUDA cannot be used: {reason}</source>
        <translation>已找到 NVIDIA 驱动程序，但无法使用 CUDA：{reason}</translation>
    </message>
    <message>
        <source>&apos;{spec}&apos; is not a screen or a window: write screen, screen:2 or window:TITLE.</source>
        <translation>“{spec}”既不是屏幕也不是窗口：请写 screen、screen:2 或 window:标题。</translation>
    </message>
    <message>
        <source>On this system, Backdrop cannot show the screen yet: show slides instead.</source>
        <translation>在此系统上，Backdrop 还不能显示屏幕：请改用幻灯片。</translation>
    </message>
    <message>
        <source>On Wayland, Backdrop cannot show the screen yet: show slides instead, or choose an X11 session when you sign in.</source>
        <translation>在 Wayland 上，Backdrop 还不能显示屏幕：请改用幻灯片，或在登录时选择 X11 会话。</translation>
    </message>
    <message>
        <source>There is no screen here that Backdrop could show.</source>
        <translation>这里没有 Backdrop 可以显示的屏幕。</translation>
    </message>
    <message>
        <source>There is no screen {number}: the last one is {last}.</source>
        <translation>没有屏幕 {number}：最后一个是 {last}。</translation>
    </message>
    <message>
        <source>There is no window &apos;{title}&apos;: choose another one.</source>
        <translation>没有窗口“{title}”：请另选一个。</translation>
    </message>
    <message>
        <source>The screen cannot be seen at the moment; its last picture stays.</source>
        <translation>目前看不到屏幕；保留它的最后一幅画面。</translation>
    </message>
    <message>
        <source>The screen cannot be reached: {reason}.</source>
        <translation>无法访问屏幕：{reason}。</translation>
    </message>
    <message>
        <source>The colours of this screen are of a kind that Backdrop cannot use.</source>
        <translation>Backdrop 无法使用此屏幕的颜色格式。</translation>
    </message>
    <message>
        <source>The window &apos;{title}&apos; is minimised; its last picture stays.</source>
        <translation>窗口“{title}”已最小化；保留它的最后一幅画面。</translation>
    </message>
    <message>
        <source>The window &apos;{title}&apos; is closed: choose another one.</source>
        <translation>窗口“{title}”已关闭：请另选一个。</translation>
    </message>
    <message>
        <source>The settings in &apos;{path}&apos; cannot be read: {reason}.</source>
        <translation>无法读取“{path}”中的设置：{reason}。</translation>
    </message>
    <message>
        <source>The settings in &apos;{path}&apos; are not valid: {error}.</source>
        <translation>“{path}”中的设置无效：{error}。</translation>
    </message>
    <message>
        <source>Backdrop starts with its default settings.</source>
        <translation>Backdrop 将使用默认设置启动。</translation>
    </message>
    <message>
        <source>Backdrop starts with its default settings; yours are in &apos;{aside}&apos;.</source>
        <translation>Backdrop 将使用默认设置启动；您的设置保存在“{aside}”中。</translation>
    </message>
    <message>
        <source>this onnxruntime is built without it</source>
        <translation>此 onnxruntime 不包含 CUDA</translation>
    </message>
    <message>
        <source>the driver and the graphics card refuse it</source>
        <translation>驱动程序或显卡不支持</translation>
    </message>
    <message>
        <source>its libraries cannot be loaded: install CUDA {version} and cuDNN 9</source>
        <translation>无法加载其运行库，请安装 CUDA {version} 和 cuDNN 9</translation>
    </message>
    <message>
        <source>the graphics card has no room for this network</source>
        <translation>显卡内存不足，无法加载此网络</translation>
    </message>
    <message>
        <source>No virtual camera was found: {advice}.</source>
        <translation>没有找到虚拟摄像头：{advice}。</translation>
    </message>
    <message>
        <source>The virtual camera &apos;{path}&apos; cannot be used: {reason}.</source>
        <translation>无法使用虚拟摄像头“{path}”：{reason}。</translation>
    </message>
    <message>
        <source>The virtual camera cannot be used: {advice}.</source>
        <translation>无法使用虚拟摄像头：{advice}。</translation>
    </message>
    <message>
        <source>The virtual camera &apos;{title}&apos; is not open.</source>
        <translation>虚拟摄像头“{title}”未打开。</translation>
    </message>
    <message>
        <source>The virtual camera &apos;{title}&apos; is gone.</source>
        <translation>虚拟摄像头“{title}”不见了。</translation>
    </message>
    <message>
        <source>The virtual camera &apos;{title}&apos; is gone: {reason}.</source>
        <translation>虚拟摄像头“{title}”不见了：{reason}。</translation>
    </message>
    <message>
        <source>OBS&apos;s virtual camera is not installed: install OBS Studio.</source>
        <translation>未安装 OBS 的虚拟摄像头：请安装 OBS Studio。</translation>
    </message>
    <message>
        <source>OBS&apos;s virtual camera is in use: stop it in OBS, or close the other program that sends to it.</source>
        <translation>OBS 的虚拟摄像头正在使用中：请在 OBS 中停止它，或关闭向它发送画面的其他程序。</translation>
    </message>
    <message>
        <source>UnityCapture is not installed: run its Install.bat as administrator.</source>
        <translation>未安装 UnityCapture：请以管理员身份运行其 Install.bat。</translation>
    </message>
    <message>
        <source>This virtual camera exists on Windows only.</source>
        <translation>此虚拟摄像头仅适用于 Windows。</translation>
    </message>
    <message>
        <source>This virtual camera exists on macOS only.</source>
        <translation>此虚拟摄像头仅适用于 macOS。</translation>
    </message>
    <message>
        <source>OBS&apos;s virtual camera is too old: install OBS 30 or later.</source>
        <translation>OBS 的虚拟摄像头版本过旧：请安装 OBS 30 或更高版本。</translation>
    </message>
    <message>
        <source>OBS&apos;s virtual camera does not take pictures: stop it in OBS, then restart.</source>
        <translation>OBS 的虚拟摄像头不接收画面：请在 OBS 中停止它，然后重新启动电脑。</translation>
    </message>
    <message>
        <source>OBS is not installed: install OBS 30 or later in Applications.</source>
        <translation>未安装 OBS：请在“应用程序”中安装 OBS 30 或更高版本。</translation>
    </message>
    <message>
        <source>OBS&apos;s camera extension is not active: press Start Virtual Camera in OBS once, allow it in System Settings, General, Login Items and Extensions, Camera Extensions, then restart the Mac.</source>
        <translation>OBS 的摄像头扩展未启用：请在 OBS 中点按一次“启动虚拟摄像机”，在“系统设置”&gt;“通用”&gt;“登录项与扩展”&gt;“相机扩展”中允许它，然后重新启动 Mac。</translation>
    </message>
    <message>
        <source>OBS&apos;s camera extension needs macOS 13 or later.</source>
        <translation>OBS 的摄像头扩展需要 macOS 13 或更高版本。</translation>
    </message>
    <message>
        <source>{reason} (not yet seen on a real machine)</source>
        <translation>{reason}（尚未在真实电脑上验证）</translation>
    </message>
    <message>
        <source>The recording has ended: {reason}. What there is of it is in &apos;{path}&apos;.</source>
        <translation>录制已结束：{reason}。已录制的部分在“{path}”中。</translation>
    </message>
    <message>
        <source>There is a file &apos;{path}&apos; already: give the recording another name.</source>
        <translation>已有文件“{path}”：请给录制换个名字。</translation>
    </message>
    <message>
        <source>A recording&apos;s name must end in {choices}, not &apos;{title}&apos;.</source>
        <translation>录制文件名必须以 {choices} 结尾，而不是“{title}”。</translation>
    </message>
    <message>
        <source>The recording &apos;{title}&apos; is not open.</source>
        <translation>录制“{title}”未打开。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; cannot be written: {reason}.</source>
        <translation>无法写入“{path}”：{reason}。</translation>
    </message>
    <message>
        <source>&apos;{path}&apos; cannot be read: {reason}.</source>
        <translation>无法读取“{path}”：{reason}。</translation>
    </message>
    <message>
        <source>The look &apos;{look}&apos; is off: {reason}.</source>
        <translation>外观效果“{look}”已关闭：{reason}。</translation>
    </message>
    <message>
        <source>The colour table &apos;{path}&apos; cannot be read: {reason}.</source>
        <translation>无法读取颜色查找表“{path}”：{reason}。</translation>
    </message>
    <message>
        <source>The colour table &apos;{path}&apos; cannot be used: {reason}.</source>
        <translation>无法使用颜色查找表“{path}”：{reason}。</translation>
    </message>
    <message>
        <source>there is no such file</source>
        <translation>没有这个文件</translation>
    </message>
    <message>
        <source>it is too large</source>
        <translation>文件过大</translation>
    </message>
    <message>
        <source>its table has one dimension instead of three</source>
        <translation>查找表是一维的，而不是三维的</translation>
    </message>
    <message>
        <source>LUT_3D_SIZE is missing</source>
        <translation>缺少 LUT_3D_SIZE</translation>
    </message>
    <message>
        <source>LUT_3D_SIZE must be from {low} to {high}</source>
        <translation>LUT_3D_SIZE 必须在 {low} 到 {high} 之间</translation>
    </message>
    <message>
        <source>DOMAIN_MIN is not below DOMAIN_MAX</source>
        <translation>DOMAIN_MIN 不小于 DOMAIN_MAX</translation>
    </message>
    <message>
        <source>it has {count} colours instead of {wanted}</source>
        <translation>它有 {count} 种颜色，而不是 {wanted} 种</translation>
    </message>
    <message>
        <source>one of its values is not a number</source>
        <translation>其中有一个值不是数字</translation>
    </message>
    <message>
        <source>one of its values is out of range</source>
        <translation>其中有一个值超出范围</translation>
    </message>
    <message>
        <source>line {number} is not understood</source>
        <translation>第 {number} 行无法识别</translation>
    </message>
    <message>
        <source>Calm picture</source>
        <translation>画面降噪</translation>
    </message>
    <message>
        <source>Touch up</source>
        <translation>美颜</translation>
    </message>
    <message>
        <source>Clear eyes</source>
        <translation>明亮双眼</translation>
    </message>
    <message>
        <source>Lips</source>
        <translation>唇色</translation>
    </message>
    <message>
        <source>Face light</source>
        <translation>脸部补光</translation>
    </message>
    <message>
        <source>The looks for the face are off. {reason}</source>
        <translation>脸部效果已关闭。{reason}</translation>
    </message>
    <message>
        <source>This computer is too slow for them.</source>
        <translation>这台电脑的速度不足以使用它们。</translation>
    </message>
    <message>
        <source>There is no network for the parts of a face: please install Backdrop again.</source>
        <translation>缺少识别脸部各部分的网络：请重新安装 Backdrop。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; is not a network for the parts of a face.</source>
        <translation>“{name}”不是识别脸部各部分的网络。</translation>
    </message>
    <message>
        <source>The network &apos;{name}&apos; gave broken parts of the face.</source>
        <translation>网络“{name}”给出的脸部各部分已损坏。</translation>
    </message>
    <message>
        <source>There is no network that tells people apart: please install Backdrop again.</source>
        <translation>缺少区分不同人物的网络：请重新安装 Backdrop。</translation>
    </message>
    <message>
        <source>&apos;{name}&apos; is not a network that tells people apart.</source>
        <translation>“{name}”不是区分不同人物的网络。</translation>
    </message>
    <message>
        <source>The network &apos;{name}&apos; gave broken maps of people.</source>
        <translation>网络“{name}”给出的人物图已损坏。</translation>
    </message>
    <message>
        <source>People who touch each other cannot be told apart. {reason}</source>
        <translation>无法区分相互接触的人。{reason}</translation>
    </message>
    <message>
        <source>This computer is too slow for it.</source>
        <translation>这台电脑的速度不足以使用它。</translation>
    </message>
    <message>
        <source>The network does not answer.</source>
        <translation>网络没有响应。</translation>
    </message>
    <message>
        <source>Sharpness</source>
        <translation>锐度</translation>
    </message>
    <message>
        <source>White balance</source>
        <translation>白平衡</translation>
    </message>
    <message>
        <source>Portrait light</source>
        <translation>人像补光</translation>
    </message>
    <message>
        <source>Colour table</source>
        <translation>颜色查找表</translation>
    </message>
    <message>
        <source>Vignette</source>
        <translation>暗角</translation>
    </message>
    <message>
        <source>Something went wrong; Backdrop keeps trying.</source>
        <translation>出了点问题；Backdrop 会继续尝试。</translation>
    </message>
    <message>
        <source>Backdrop&apos;s own files (the assets folder) are missing: please install it again.</source>
        <translation>缺少 Backdrop 自己的文件（assets 文件夹）：请重新安装。</translation>
    </message>
    <message>
        <source>{reason}. Until then the demo plays.</source>
        <translation>{reason}。在此之前播放演示。</translation>
    </message>
    <message>
        <source>none found: {advice}</source>
        <translation>没有找到：{advice}</translation>
    </message>
    <message>
        <source>found, but you do not have permission to read it: {advice}</source>
        <translation>已找到，但您无权读取：{advice}</translation>
    </message>
    <message>
        <source>{title}; {count} installed</source>
        <translation>{title}；已安装 {count} 个</translation>
    </message>
    <message>
        <source>{level} suits this computer, with {ms} ms per frame</source>
        <translation>“{level}”适合这台电脑，每帧 {ms} 毫秒</translation>
    </message>
    <message>
        <source>Fastest</source>
        <translation>最快</translation>
    </message>
    <message>
        <source>Balanced</source>
        <translation>均衡</translation>
    </message>
    <message>
        <source>Best</source>
        <translation>最佳</translation>
    </message>
    <message>
        <source>plug one in</source>
        <translation>请接上一个</translation>
    </message>
    <message>
        <source>run {first}, then {second}</source>
        <translation>请运行 {first}，然后运行 {second}</translation>
    </message>
    <message>
        <source>run {command}</source>
        <translation>运行 {command}</translation>
    </message>
    <message>
        <source>{advice} (with Secure Boot: choose a password when asked, restart, and enrol the key with it)</source>
        <translation>{advice}（若启用了 Secure Boot：按提示设置密码，重新启动，并用该密码注册密钥）</translation>
    </message>
    <message>
        <source>install the package v4l2loopback (often called v4l2loopback-dkms) with your package manager, then run {load}</source>
        <translation>用软件包管理器安装 v4l2loopback（通常名为 v4l2loopback-dkms），然后运行 {load}</translation>
    </message>
    <message>
        <source>add {lines} to configuration.nix, then run sudo nixos-rebuild switch</source>
        <translation>在 configuration.nix 中加入 {lines}，然后运行 sudo nixos-rebuild switch</translation>
    </message>
    <message>
        <source>run {command} and sign in again</source>
        <translation>请运行 {command}，然后重新登录</translation>
    </message>
    <message>
        <source>you do not have permission to read it: {advice}</source>
        <translation>您没有读取权限：{advice}</translation>
    </message>
    <message>
        <source>allow it in System Settings, Privacy and Security, Camera</source>
        <translation>请在“系统设置”的“隐私与安全性”中允许使用摄像头</translation>
    </message>
    <message>
        <source>install OBS 30 or later in Applications, start its virtual camera once, allow it in System Settings, and stop it again</source>
        <translation>请将 OBS 30 或更高版本安装到“应用程序”中，启动一次它的虚拟摄像头，在“系统设置”中允许它，然后停止</translation>
    </message>
    <message>
        <source>install OBS Studio, or run UnityCapture&apos;s Install.bat as administrator</source>
        <translation>请安装 OBS Studio，或以管理员身份运行 UnityCapture 的 Install.bat</translation>
    </message>
    <message>
        <source>it is not plugged in any more</source>
        <translation>它已不再连接</translation>
    </message>
    <message>
        <source>another program uses it</source>
        <translation>另一个程序正在使用它</translation>
    </message>
    <message>
        <source>another program may be using it</source>
        <translation>可能有另一个程序正在使用它</translation>
    </message>
    <message>
        <source>it cannot be written</source>
        <translation>无法写入</translation>
    </message>
    <message>
        <source>there is not enough memory</source>
        <translation>内存不足</translation>
    </message>
    <message>
        <source>the disk is full</source>
        <translation>磁盘已满</translation>
    </message>
    <message>
        <source>your share of the disk is full</source>
        <translation>您的磁盘配额已满</translation>
    </message>
    <message>
        <source>the file would be larger than this disk allows</source>
        <translation>它会超过此处文件的大小上限</translation>
    </message>
    <message>
        <source>you do not have permission</source>
        <translation>您没有权限</translation>
    </message>
    <message>
        <source>the disk is read-only</source>
        <translation>磁盘是只读的</translation>
    </message>
    <message>
        <source>it is a folder</source>
        <translation>它是一个文件夹</translation>
    </message>
    <message>
        <source>its links lead in a circle</source>
        <translation>符号链接形成了循环</translation>
    </message>
    <message>
        <source>its name is too long</source>
        <translation>名称太长</translation>
    </message>
    <message>
        <source>it is a pipe or a device, not a file</source>
        <translation>它是管道或设备，不是文件</translation>
    </message>
    <message>
        <source>No such file or directory</source>
        <translation>没有这个文件或文件夹</translation>
    </message>
    <message>
        <source>Not a directory</source>
        <translation>不是文件夹</translation>
    </message>
</context>
<context>
    <name>SettingsForm</name>
    <message>
        <source>Automatic</source>
        <translation>自动</translation>
    </message>
    <message>
        <source>{percent} %</source>
        <translation>{percent}%</translation>
    </message>
    <message>
        <source>{choice} (not in use)</source>
        <translation>{choice}（未启用）</translation>
    </message>
</context>
<context>
    <name>ShareControl</name>
    <message>
        <source>{percent} %</source>
        <translation>{percent} %</translation>
    </message>
</context>
<context>
    <name>SlideControls</name>
    <message>
        <source>PDF…</source>
        <translation>PDF…</translation>
    </message>
    <message>
        <source>Choose a PDF as slides</source>
        <translation>选择 PDF 作为幻灯片</translation>
    </message>
    <message>
        <source>Folder…</source>
        <translation>文件夹…</translation>
    </message>
    <message>
        <source>Choose a folder of pictures as slides</source>
        <translation>选择图片文件夹作为幻灯片</translation>
    </message>
    <message>
        <source>Show</source>
        <translation>显示</translation>
    </message>
    <message>
        <source>Show the slides again</source>
        <translation>重新显示幻灯片</translation>
    </message>
    <message>
        <source>Previous page</source>
        <translation>上一页</translation>
    </message>
    <message>
        <source>Previous page (Page Up)</source>
        <translation>上一页（Page Up）</translation>
    </message>
    <message>
        <source>Next page</source>
        <translation>下一页</translation>
    </message>
    <message>
        <source>Next page (Page Down, or a click on the preview)</source>
        <translation>下一页（Page Down，或在预览上单击）</translation>
    </message>
    <message>
        <source>No slides chosen yet</source>
        <translation>尚未选择幻灯片</translation>
    </message>
    <message>
        <source>Page {page} of {pages}</source>
        <translation>第 {page} 页，共 {pages} 页</translation>
    </message>
    <message>
        <source>Page {page}</source>
        <translation>第 {page} 页</translation>
    </message>
    <message>
        <source>Slides</source>
        <translation>幻灯片</translation>
    </message>
    <message>
        <source>PDF files (*.pdf *.PDF)</source>
        <translation>PDF 文件 (*.pdf *.PDF)</translation>
    </message>
    <message>
        <source>A folder of pictures, one for each page</source>
        <translation>图片文件夹，每页一张图片</translation>
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
    <name>SourceController</name>
    <message>
        <source>Play a picture or a video instead of the camera</source>
        <translation>用图片或视频代替摄像头</translation>
    </message>
</context>
<context>
    <name>Stage</name>
    <message>
        <source>Adjustments</source>
        <translation>调整</translation>
    </message>
    <message>
        <source>Network</source>
        <translation>网络模型</translation>
    </message>
    <message>
        <source>Matte</source>
        <translation>抠像</translation>
    </message>
    <message>
        <source>Look</source>
        <translation>外观</translation>
    </message>
    <message>
        <source>Effect</source>
        <translation>背景效果</translation>
    </message>
    <message>
        <source>Composite</source>
        <translation>合成</translation>
    </message>
    <message>
        <source>Name tag and logo</source>
        <translation>姓名牌和徽标</translation>
    </message>
</context>
<context>
    <name>StageChart</name>
    <message>
        <source>Waiting</source>
        <translation>等待</translation>
    </message>
    <message>
        <source>Total delay</source>
        <translation>总延迟</translation>
    </message>
    <message>
        <source>Dropped frames</source>
        <translation>丢弃的帧</translation>
    </message>
</context>
<context>
    <name>Status</name>
    <message>
        <source>Off. The camera is closed, and others see a plain picture.</source>
        <translation>已关闭。摄像头已停用，他人看到的是一张普通图片。</translation>
    </message>
    <message>
        <source>The camera is off while it is not in use.</source>
        <translation>未被使用时，摄像头处于关闭状态。</translation>
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
        <source>Economy</source>
        <translation>节能</translation>
    </message>
    <message>
        <source>{network} on {provider}</source>
        <translation>{network}，运行于 {provider}</translation>
    </message>
    <message>
        <source>Demo</source>
        <translation>演示</translation>
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
    <name>Step</name>
    <message>
        <source>{what}: {told}.</source>
        <translation>{what}：{told}。</translation>
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
    <name>VirtualCameraSwitch</name>
    <message>
        <source>Send to the &amp;virtual camera</source>
        <translation>输出到虚拟摄像头(&amp;V)</translation>
    </message>
    <message>
        <source>Call programs can then choose it as their camera.</source>
        <translation>之后可以在通话软件中选择它作为摄像头。</translation>
    </message>
    <message>
        <source>Not in use</source>
        <translation>未被使用</translation>
    </message>
    <message>
        <source>Used by {programs}</source>
        <translation>正在使用：{programs}</translation>
    </message>
    <message>
        <source>Programs using it: {count}</source>
        <translation>正在使用的程序：{count}</translation>
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
        <source>Speed</source>
        <translation>速度</translation>
    </message>
    <message>
        <source>&amp;Copy the command</source>
        <translation>复制命令(&amp;C)</translation>
    </message>
    <message>
        <source>&amp;Copied: paste it into a terminal</source>
        <translation>已复制，请粘贴到终端(&amp;C)</translation>
    </message>
    <message>
        <source>Once there is a virtual camera, choose Backdrop as the camera in your call.</source>
        <translation>有了虚拟摄像头后，请在通话软件中选择 Backdrop 作为摄像头。</translation>
    </message>
    <message>
        <source>C&amp;lose</source>
        <translation>关闭(&amp;L)</translation>
    </message>
    <message>
        <source>Nothing leaves this computer. If something fails, others see a plain picture, never your room.</source>
        <translation>一切都不会离开这台电脑。出现故障时，他人看到的是一张普通图片，绝不会是您的房间。</translation>
    </message>
    <message>
        <source>&amp;Start</source>
        <translation>开始(&amp;S)</translation>
    </message>
    <message>
        <source>Check a&amp;gain</source>
        <translation>再次检查(&amp;G)</translation>
    </message>
    <message>
        <source>Hides the room behind you, in any call</source>
        <translation>在任何通话中隐藏您身后的房间</translation>
    </message>
    <message>
        <source>Choose Backdrop as the camera in your call.</source>
        <translation>请在通话软件中选择 Backdrop 作为摄像头。</translation>
    </message>
</context>
<context>
    <name>Window</name>
    <message>
        <source>Backdrop</source>
        <translation>Backdrop</translation>
    </message>
    <message>
        <source>Click a person to hide or show them. Hold the key B to see before and after.</source>
        <translation>点击某人可隐藏或显示此人。按住 B 键可对比前后效果。</translation>
    </message>
</context>
</TS>
