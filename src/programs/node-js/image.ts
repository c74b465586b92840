/** The official Node.js image. */
import { type ImageRecord, MB, versions } from '../images/define.ts'

export const nodeImage: ImageRecord = {
  repositories: ['node'],
  version: versions({
    latest: '24.9.0',
    series: { '16.20': 2, '18.19': 1, '18.20': 8, '20.18': 3, '20.19': 5, '22.19': 0, '22.20': 0, '24.9': 0 },
    variants: [
      'alpine',
      'slim',
      'bookworm',
      'bookworm-slim',
      'bullseye',
      'bullseye-slim',
      'trixie',
      'lts',
      'lts-alpine',
      'lts-slim',
      'current',
      'current-alpine',
    ],
  }),
  scriptRuns: 'node',
  image: (version, tag) => ({
    entrypoint: ['docker-entrypoint.sh'],
    cmd: ['node'],
    env: { NODE_VERSION: version, YARN_VERSION: '1.22.22' },
    sizeBytes: (tag.includes('alpine') ? 55 : tag.includes('slim') ? 75 : 390) * MB,
    base: tag.includes('alpine') ? 'busybox' : 'debian',
    users: { node: [1000, 1000] },
    owned: { '/home/node': 'node' },
    executables: ['node', 'nodejs', 'npm', 'npx', 'yarn', 'getent', ...(tag.includes('slim') || tag.includes('alpine') ? [] : ['curl'])],
  }),
  scriptTakes: '.js',
}
