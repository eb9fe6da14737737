#!/usr/bin/env bash
# Run a command inside the guest that build.sh made. The guest sees this machine's files (what it writes to them goes
# to memory), the camera /dev/video0 and the virtual cameras /dev/video10 and /dev/video11; what the command writes to
# $OUT comes back.
#   tests/devices/run.sh [-n] [-o OUTDIR] [-t SECONDS] 'shell command'    exit status: the command's; 124 on timeout
# -n: with the newer v4l2loopback, which tells who reads
set -euo pipefail
out=$(mktemp -d) limit=300 dir=${V4L2_GUEST:-${XDG_CACHE_HOME:-$HOME/.cache}/v4l2-guest}
loopback=
while getopts no:t: option; do
  case $option in n) loopback=' loopback=new' ;; o) out=$OPTARG ;; t) limit=$OPTARG ;; *) exit 2 ;; esac
done
shift $((OPTIND - 1)); mkdir -p "$out"; out=$(cd "$out" && pwd); rm -f "$out/.status"
{ echo "export PATH='$PATH' HOME=/tmp OUT=/mnt/out BACKDROP_GUEST=1"; echo "cd '$PWD'"; echo "$*"; } > "$out/.command"
timeout "$limit" qemu-system-x86_64 -accel tcg,thread=multi -smp 2 -cpu max -m 4096 -nographic -no-reboot \
  -kernel "$dir/vmlinuz" -initrd "$dir/initrd.gz" -append "console=ttyS0 quiet panic=-1$loopback" \
  -fsdev local,id=h,path=/,security_model=none,readonly=on,multidevs=remap -device virtio-9p-pci,fsdev=h,mount_tag=host \
  -fsdev local,id=o,path="$out",security_model=none -device virtio-9p-pci,fsdev=o,mount_tag=out </dev/null \
  | sed -u '1,/Booting from ROM/d' || true
[[ -f $out/.status ]] && exit "$(cat "$out/.status")"
echo "guest: no answer in $limit s" >&2; exit 124
