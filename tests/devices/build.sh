#!/usr/bin/env bash
# Prepare a tiny Linux guest with a real V4L2 camera (vivid, the kernel's virtual video test driver) and a real
# virtual-camera device (v4l2loopback), so that capture and output can be tested without hardware.
#   tests/devices/build.sh [DIR]     (DIR defaults to ~/.cache/v4l2-guest; needs root for apt-get; about 1 minute)
set -euo pipefail
dir=${1:-${XDG_CACHE_HOME:-$HOME/.cache}/v4l2-guest}; mkdir -p "$dir"; cd "$dir"
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -qq -y --no-install-recommends qemu-system-x86 busybox-static cpio kmod gcc make libelf-dev v4l-utils >/dev/null
image=$(apt-cache depends linux-image-amd64 | awk '/Depends/{print $2; exit}'); release=${image#linux-image-}
apt-get install -qq -y --no-install-recommends "linux-headers-$release" >/dev/null
rm -rf kernel module module-new root; mkdir kernel module module-new
# apt-get with lists of its own, so that another release's packages stay out of this machine's.
mkdir -p new/lists/partial new/cache/archives/partial
keys=/usr/share/keyrings/debian-archive-keyring.gpg
echo "deb [signed-by=$keys] http://deb.debian.org/debian trixie main" >new/sources.list
new() {
  apt-get -o Dir::Etc::sourcelist="$PWD/new/sources.list" -o Dir::Etc::sourceparts=/dev/null \
    -o Dir::State::lists="$PWD/new/lists" -o Dir::Cache="$PWD/new/cache" -o Debug::NoLocking=1 -qq "$@"
}
modules() { make -s -C "/lib/modules/$release/build" M="$(echo "$PWD/$1"/usr/src/v4l2loopback-*)" KERNELRELEASE="$release" modules >/dev/null; }
rm -f ./*.deb
apt-get download -q "$image" v4l2loopback-dkms >/dev/null 2>&1
dpkg -x "$image"_*.deb kernel; dpkg -x v4l2loopback-dkms_*.deb module; rm -f v4l2loopback-dkms_*.deb
modules module
# A newer v4l2loopback tells who reads; without it the guest has the older one alone.
if new update >/dev/null 2>&1 && new download v4l2loopback-dkms >/dev/null 2>&1; then
  dpkg -x v4l2loopback-dkms_*.deb module-new && modules module-new 2>/dev/null || rm -rf module-new
fi
depmod -b kernel "$release"
mkdir -p root/{bin,mods,proc,sys,dev,newroot,ro,rw}
cp /bin/busybox root/bin/
python3 - "$release" <<'PY'
import os, shutil, sys
base = f'kernel/lib/modules/{sys.argv[1]}'
deps = {}
for line in open(f'{base}/modules.dep'):
    name, needs = line.split(':'); deps[os.path.basename(name)] = (name, needs.split())
order = []
def add(path):
    for need in reversed(deps[os.path.basename(path)][1]): add(need)
    if path not in order: order.append(path)
for wanted in ('9pnet_virtio.ko', '9p.ko', 'virtio_pci.ko', 'overlay.ko', 'vivid.ko'):
    if wanted in deps: add(deps[wanted][0])
for i, path in enumerate(order): shutil.copy(f'{base}/{path}', f'root/mods/{i:02d}-{os.path.basename(path)}')
PY
cp module/usr/src/v4l2loopback-*/v4l2loopback.ko root/mods/
cp module-new/usr/src/v4l2loopback-*/v4l2loopback.ko root/mods/v4l2loopback-new.ko 2>/dev/null || true
cat > root/init <<'INIT'
#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc; mount -t sysfs sys /sys; mount -t devtmpfs dev /dev
for m in /mods/[0-9]*; do
  case $m in *vivid*) insmod $m n_devs=1 node_types=0x1 ;; *) insmod $m ;; esac || echo "guest: cannot load $m"
done
loopback=/mods/v4l2loopback.ko
grep -q loopback=new /proc/cmdline && loopback=/mods/v4l2loopback-new.ko
insmod $loopback devices=2 video_nr=10,11 card_label=VirtualCamera,ClipCamera exclusive_caps=1,1 max_buffers=4
mount -t 9p -o trans=virtio,version=9p2000.L,msize=1048576,cache=loose,ro host /ro
mount -t tmpfs tmpfs /rw; mkdir /rw/u /rw/w
mount -t overlay -o lowerdir=/ro,upperdir=/rw/u,workdir=/rw/w overlay /newroot
for d in dev proc sys; do mount --move /$d /newroot/$d; done
mkdir -p /newroot/dev/shm /newroot/mnt/out; mount -t tmpfs tmpfs /newroot/dev/shm
mount -t 9p -o trans=virtio,version=9p2000.L,msize=1048576 out /newroot/mnt/out
chroot /newroot /bin/bash /mnt/out/.command; echo $? > /newroot/mnt/out/.status
sync; poweroff -f
INIT
chmod +x root/init
(cd root && find . | cpio -o -H newc 2>/dev/null | gzip -1 > ../initrd.gz)
cp kernel/boot/vmlinuz-* vmlinuz
rm -f ./*.deb
versions=$(ls -d module*/usr/src/v4l2loopback-* | sed 's/.*-//' | paste -sd, | sed 's/,/ and /')
echo "guest ready: $dir (Linux $release, v4l2loopback $versions; camera /dev/video0, virtual camera /dev/video10, loopback to play a clip into /dev/video11)"
