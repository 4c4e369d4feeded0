"""The first process of a kernel that runs as a process (User Mode Linux), on the files of this machine: plays one plan and ends it.

Its argument is the folder that has the plan, and where what happened is left.
"""

import ctypes
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
POWER_OFF = 0x4321FEDC
libc = ctypes.CDLL(None, use_errno=True)

# What a kernel makes of its memory, as that of the machine does whose recordings are kept.
SYSCTLS = {
    'net/ipv4/tcp_rmem': '4096 131072 33554432',
    'net/ipv4/tcp_wmem': '4096 16384 4194304',
    'net/ipv4/tcp_max_syn_backlog': '2048',
    'net/ipv4/tcp_max_tw_buckets': '262144',
    'net/core/rmem_max': '4194304',
    'net/core/wmem_max': '4194304',
    'net/core/optmem_max': '131072',
}


def main(folder):
    for kind, where in (('proc', '/proc'), ('sysfs', '/sys'), ('devtmpfs', '/dev'), ('tmpfs', '/run')):
        libc.mount(kind.encode(), where.encode(), kind.encode(), 0, None)
    if not os.path.exists('/dev/net/tun'):
        os.makedirs('/dev/net', exist_ok=True)
        os.mknod('/dev/net/tun', 0o600 | 0o020000, os.makedev(10, 200))
    for name, value in SYSCTLS.items():
        with open(f'/proc/sys/{name}', 'w', encoding='ascii') as file:
            file.write(value)
    os.environ['PATH'] = '/usr/sbin:/usr/bin:/sbin:/bin'
    subprocess.run(['ip', 'link', 'set', 'lo', 'up'], check=True)
    with (open(f'{folder}/plan', 'rb') as plan, open(f'{folder}/happened', 'wb') as happened,
          open(f'{folder}/errors', 'wb') as errors):
        executor = [sys.executable, f'{HERE}/executor.py']
        status = subprocess.run(executor, stdin=plan, stdout=happened, stderr=errors).returncode
    with open(f'{folder}/status', 'w', encoding='ascii') as file:
        file.write(str(status))


try:
    main(sys.argv[1])
finally:
    os.sync()
    libc.reboot(POWER_OFF)
