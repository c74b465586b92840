/** Images that hold a base system and tools: busybox, alpine, Debian, Ubuntu, curl, and debugging tools. */
import { type ImageRecord, MB, versions } from '../images/define.ts'

const DEBIAN_TOOLS = ['getent']
const osRelease = (name: string, id: string, version: string): Record<string, string> => ({
  '/etc/os-release': `NAME="${name}"\nID=${id}\nVERSION_ID="${version}"\nPRETTY_NAME="${name} ${version}"\n`,
})

export const busyboxImage: ImageRecord = {
  repositories: ['busybox', 'gcr.io/google-containers/busybox', 'registry.k8s.io/busybox'],
  version: versions({
    latest: '1.37.0',
    series: {
      '1.24': 2,
      '1.26': 2,
      '1.27': 2,
      '1.28': 4,
      '1.29': 3,
      '1.30': 1,
      '1.31': 1,
      '1.32': 1,
      '1.33': 1,
      '1.34': 1,
      '1.35': 0,
      '1.36': 1,
      '1.37': 0,
    },
    variants: ['musl', 'glibc', 'uclibc', 'stable', 'unstable'],
  }),
  image: () => ({ entrypoint: [], cmd: ['sh'], env: {}, sizeBytes: 2 * MB, base: 'busybox', executables: [] }),
}

export const alpineImage: ImageRecord = {
  repositories: ['alpine'],
  version: versions({
    latest: '3.22.2',
    series: Object.fromEntries(Array.from({ length: 13 }, (_, i) => [`3.${10 + i}`, 9])),
    variants: ['edge'],
  }),
  image: (version) => ({
    entrypoint: [],
    cmd: ['/bin/sh'],
    env: {},
    sizeBytes: 4 * MB,
    base: 'busybox',
    executables: ['getent'],
    files: { ...osRelease('Alpine Linux', 'alpine', version), '/etc/alpine-release': `${version}\n` },
  }),
}

export const debianImage: ImageRecord = {
  repositories: ['debian'],
  version: (tag) =>
    ({
      latest: '13.1',
      '13': '13.1',
      trixie: '13.1',
      '12': '12.12',
      bookworm: '12.12',
      '11': '11.11',
      bullseye: '11.11',
      stable: '13.1',
      'stable-slim': '13.1',
      'bookworm-slim': '12.12',
      '12-slim': '12.12',
      'trixie-slim': '13.1',
      '13-slim': '13.1',
      'bullseye-slim': '11.11',
      '11-slim': '11.11',
      '10': '10.13',
      buster: '10.13',
    })[tag],
  image: (version) => ({
    entrypoint: [],
    cmd: ['bash'],
    env: {},
    sizeBytes: 49 * MB,
    base: 'debian',
    executables: DEBIAN_TOOLS,
    files: osRelease('Debian GNU/Linux', 'debian', version),
  }),
}

export const ubuntuImage: ImageRecord = {
  repositories: ['ubuntu'],
  version: (tag) =>
    ({
      latest: '24.04',
      '24.04': '24.04',
      noble: '24.04',
      '22.04': '22.04',
      jammy: '22.04',
      '20.04': '20.04',
      focal: '20.04',
      '18.04': '18.04',
      bionic: '18.04',
      '25.04': '25.04',
      '16.04': '16.04',
    })[tag],
  image: (version) => ({
    entrypoint: [],
    cmd: ['/bin/bash'],
    env: {},
    sizeBytes: 30 * MB,
    base: 'debian',
    executables: [...DEBIAN_TOOLS, 'ps'],
    files: osRelease('Ubuntu', 'ubuntu', version),
  }),
}

export const curlImage: ImageRecord = {
  repositories: ['curlimages/curl', 'quay.io/curl/curl'],
  version: versions({
    latest: '8.16.0',
    series: Object.fromEntries([
      ...Array.from({ length: 9 }, (_, i) => [`7.${80 + i}`, 3]),
      ...Array.from({ length: 17 }, (_, i) => [`8.${i}`, 4]),
    ]),
  }),
  scriptRuns: 'curl',
  image: () => ({
    entrypoint: ['/entrypoint.sh'],
    cmd: ['curl', '--help'],
    env: { CURL_CA_BUNDLE: '/cacert.pem' },
    user: 'curl_user',
    users: { curl_user: [100, 101] },
    owned: { '/home/curl_user': 'curl_user' },
    sizeBytes: 10 * MB,
    base: 'busybox',
    executables: ['curl', 'getent'],
  }),
}

/** Tool boxes for looking into a network. */
export const netshootImage: ImageRecord = {
  repositories: ['nicolaka/netshoot', 'jonlabelle/network-tools', 'wbitt/network-multitool'],
  version: (tag) => (/^(latest|v?\d[\d.]*|alpine-\w+|extra)$/.test(tag) ? tag : undefined),
  image: () => ({
    entrypoint: [],
    cmd: ['sh'],
    env: {},
    sizeBytes: 200 * MB,
    base: 'busybox',
    executables: ['curl', 'dig', 'host', 'getent', 'netcat', 'mysql', 'mariadb', 'ss'],
  }),
}

export const dnsutilsImage: ImageRecord = {
  repositories: ['registry.k8s.io/e2e-test-images/jessie-dnsutils', 'tutum/dnsutils', 'gcr.io/kubernetes-e2e-test-images/dnsutils'],
  version: (tag) => (/^(latest|1\.\d)$/.test(tag) ? tag : undefined),
  image: () => ({
    entrypoint: [],
    cmd: ['sleep', 'infinity'],
    env: {},
    sizeBytes: 86 * MB,
    base: 'debian',
    executables: ['dig', 'nslookup', 'host', 'getent', 'ping', 'nc'],
  }),
}
