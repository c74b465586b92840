/** The official Python image. */
import { type ImageRecord, MB, versions } from '../images/define.ts'

export const pythonImage: ImageRecord = {
  repositories: ['python'],
  version: versions({
    latest: '3.13.7',
    series: { '3.8': 20, '3.9': 23, '3.10': 18, '3.11': 13, '3.12': 11, '3.13': 7 },
    variants: ['slim', 'alpine', 'bookworm', 'slim-bookworm', 'trixie', 'slim-trixie', 'bullseye', 'slim-bullseye'],
  }),
  image: (version, tag) => ({
    entrypoint: [],
    cmd: ['python3'],
    env: { PYTHON_VERSION: version, LANG: 'C.UTF-8' },
    sizeBytes: (tag.includes('alpine') ? 17 : tag.includes('slim') ? 45 : 360) * MB,
    base: tag.includes('alpine') ? 'busybox' : 'debian',
    executables: ['python', 'python3', 'pip', 'pip3', 'getent', ...(tag.includes('slim') || tag.includes('alpine') ? [] : ['curl'])],
  }),
}
