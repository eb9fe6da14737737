#!/usr/bin/env bash
# Build OpenCV with only the parts that Backdrop calls, for packages on Linux, and replace the wheel's library with it:
#   assets/packaging/smaller/opencv.sh .venv-package/bin/python
# 19 MB instead of 74 (most of that: networks, calibration, face detection, Intel's IPP), at the same speed. Built once
# for each release of OpenCV and set of flags (8 minutes on two cores), then cached in ~/.cache.
# Needs, on Debian: cmake ninja-build g++ nasm binutils, and python3-dev for the system's own Python.
set -euo pipefail
python=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
path_of() { "$python" -c "import sysconfig; print(sysconfig.get_path('$1'))"; }

flags=(
    -DBUILD_LIST=core,imgproc,imgcodecs,video,videoio,python3,python_bindings_generator
    -DCMAKE_BUILD_TYPE=Release -DBUILD_SHARED_LIBS=OFF -DPYTHON3_LIMITED_API=ON
    # Link third-party libraries statically; download nothing.
    -DOPENCV_FORCE_3RDPARTY_BUILD=ON -DWITH_IPP=OFF -DWITH_UNIFONT=OFF
    # Cameras use V4L2; PyAV reads videos.
    -DWITH_FFMPEG=OFF -DWITH_GSTREAMER=OFF -DWITH_OBSENSOR=OFF
    # Image formats: PNG, JPEG, WebP, TIFF and BMP, the ones that `process` writes. Pillow reads.
    -DWITH_AVIF=OFF -DWITH_OPENEXR=OFF -DWITH_JASPER=OFF -DWITH_OPENJPEG=OFF -DWITH_IMGCODEC_GIF=OFF
    -DWITH_IMGCODEC_HDR=OFF -DWITH_IMGCODEC_PFM=OFF -DWITH_IMGCODEC_PXM=OFF -DWITH_IMGCODEC_SUNRASTER=OFF
    # No GPU code, linear algebra or tracing.
    -DWITH_OPENCL=OFF -DWITH_VA=OFF -DWITH_VA_INTEL=OFF -DWITH_LAPACK=OFF -DWITH_EIGEN=OFF -DWITH_ITT=OFF
    -DWITH_PROTOBUF=OFF -DWITH_FLATBUFFERS=OFF
)
# The baseline is what NumPy requires; faster instructions are selected at run time.
[ "$(uname -m)" != x86_64 ] || flags+=(-DCPU_BASELINE=SSE4_2 '-DCPU_DISPATCH=AVX2;AVX512_SKX')

locked=$(sed -n '/^opencv-python-headless==/,/[0-9a-f]$/p' "$here/../requirements.txt")
key=$(printf '%s\n' "$locked" "${flags[@]}" "$(uname -m)" "$(g++ -dumpfullversion)" | sha256sum | cut -c1-16)
kept="${XDG_CACHE_HOME:-$HOME/.cache}/backdrop-build/cv2-$key.abi3.so"
if [ ! -f "$kept" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    printf '%s\n' "$locked" >"$work/lock"
    "$python" -m pip download -q --no-deps --no-binary opencv-python-headless --require-hashes -r "$work/lock" -d "$work"
    tar -xf "$work"/*.tar.gz -C "$work"
    flags+=(-DPYTHON3_EXECUTABLE="$python" -DPYTHON3_INCLUDE_DIR="$(path_of include)" -DPYTHON3_LIBRARY=not-linked)
    { cmake -G Ninja -S "$work"/*/opencv -B "$work/build" "${flags[@]}" &&
        ninja -C "$work/build" opencv_python3; } >"$work/log" 2>&1 || { tail -40 "$work/log" && exit 1; }
    mkdir -p "$(dirname "$kept")"
    strip --strip-unneeded "$work/build/lib/python3/cv2.abi3.so" -o "$kept.$$"
    mv "$kept.$$" "$kept"
fi
cp "$kept" "$(path_of platlib)/cv2/cv2.abi3.so"

"$python" - "$here/../../../app" <<'END'
import re, sys
from pathlib import Path
import cv2

calls = {name for file in Path(sys.argv[1]).rglob("*.py") for name in re.findall(r"\bcv2\.(\w+)", file.read_text("utf-8"))}
missing = sorted(name for name in calls if not hasattr(cv2, name))
sys.exit(f"OpenCV is built without functions that app/ calls: {', '.join(missing)}." if missing else 0)
END
