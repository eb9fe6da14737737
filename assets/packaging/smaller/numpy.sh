#!/usr/bin/env bash
# Build NumPy without OpenBLAS, for packages on Linux, and install it in place of the wheel:
#   assets/packaging/smaller/numpy.sh .venv-package/bin/python
# 28 MB less (OpenBLAS, Fortran's run-time library) at the same speed: app/ multiplies no matrices, and NumPy has linear
# algebra of its own for the rest. Built once for each release of NumPy and Python (5 minutes on two idle cores), then
# cached in ~/.cache.
# Needs, on Debian: ninja-build g++ binutils, and python3-dev for the system's own Python.
set -euo pipefail
python=$(cd "$(dirname "$1")" && pwd)/$(basename "$1")
here=$(cd "$(dirname "$0")" && pwd)
flags=(-Csetup-args=-Dblas=none -Csetup-args=-Dlapack=none -Csetup-args=-Dallow-noblas=true)

locked=$(sed -n '/^numpy==/,/[0-9a-f]$/p' "$here/../requirements.txt")
key=$(printf '%s\n' "$locked" "${flags[@]}" "$("$python" -VV)" "$(uname -m)" "$(g++ -dumpfullversion)" | sha256sum | cut -c1-16)
kept="${XDG_CACHE_HOME:-$HOME/.cache}/backdrop-build/numpy-$key"
if [ ! -d "$kept" ]; then
    work=$(mktemp -d)
    trap 'rm -rf "$work"' EXIT
    printf '%s\n' "$locked" >"$work/lock"
    # meson-python and Cython come from the lock file too. Meson looks for Cython in PATH.
    PATH="$(dirname "$python"):$PATH" "$python" -m pip wheel -q --no-deps --no-build-isolation --no-binary numpy \
        --require-hashes -r "$work/lock" "${flags[@]}" -Ccompile-args=-j"$(nproc)" -w "$work/wheel" >"$work/log" 2>&1 ||
        { tail -40 "$work/log" && exit 1; }
    mkdir -p "$(dirname "$kept")"
    mv "$work/wheel" "$kept"
fi
"$python" -m pip install -q --no-deps --no-index --force-reinstall "$kept"/numpy-*.whl
