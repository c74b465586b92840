/** The official images of Redis and of Valkey. */
import { type ImageRecord, MB, versions } from '../images/define.ts'

const VARIANTS = ['alpine', 'bookworm', 'trixie', 'bullseye', 'alpine3.20', 'alpine3.21', 'alpine3.22']

const made = (name: 'redis' | 'valkey', version: string, tag: string): ReturnType<ImageRecord['image']> => ({
  entrypoint: ['docker-entrypoint.sh'],
  cmd: [`${name}-server`],
  env: { [`${name.toUpperCase()}_VERSION`]: version },
  workingDir: '/data',
  exposedPorts: [6379],
  sizeBytes: tag.includes('alpine') ? 17 * MB : 45 * MB,
  base: tag.includes('alpine') ? 'busybox' : 'debian',
  executables: [`${name}-server`, `${name}-cli`, ...(name === 'valkey' ? ['redis-server', 'redis-cli'] : []), 'getent'],
  users: { [name]: [999, tag.includes('alpine') ? 1000 : 999] },
  owned: { '/data': name },
  serves: name,
  files: { '/data/.keep': '' },
})

export const redisImage: ImageRecord = {
  repositories: ['redis'],
  version: versions({
    latest: '8.2.1',
    series: { '5.0': 14, '6.0': 20, '6.2': 19, '7.0': 15, '7.2': 10, '7.4': 5, '8.0': 3, '8.2': 1 },
    variants: VARIANTS,
  }),
  scriptRuns: 'redis-server',
  scriptTakes: '.conf',
  image: (version, tag) => made('redis', version, tag),
}

export const valkeyImage: ImageRecord = {
  repositories: ['valkey/valkey'],
  version: versions({ latest: '8.1.3', series: { '7.2': 10, '8.0': 4, '8.1': 3 }, variants: VARIANTS }),
  scriptRuns: 'valkey-server',
  scriptTakes: '.conf',
  image: (version, tag) => made('valkey', version, tag),
}
