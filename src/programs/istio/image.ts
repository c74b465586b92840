/** Istio's images: istiod, and the proxy that is a pod's sidecar and its init container. */
import { type ImageRecord, MB, versions } from '../images/define.ts'

const released = versions({ latest: '1.27.1', series: { '1.24': 6, '1.25': 4, '1.26': 4, '1.27': 1 }, variants: ['distroless', 'debug'] })

export const istioImages: readonly ImageRecord[] = [
  {
    repositories: ['istio/pilot', 'gcr.io/istio-release/pilot', 'registry.istio.io/release/pilot'],
    version: released,
    image: () => ({
      entrypoint: ['/usr/local/bin/pilot-discovery'],
      cmd: [],
      env: {},
      sizeBytes: 75 * MB,
      base: 'debian',
      executables: ['pilot-discovery'],
    }),
  },
  {
    repositories: ['istio/proxyv2', 'gcr.io/istio-release/proxyv2', 'registry.istio.io/release/proxyv2'],
    version: released,
    image: () => ({
      entrypoint: ['/usr/local/bin/pilot-agent'],
      cmd: [],
      env: {},
      users: { 'istio-proxy': [1337, 1337] },
      sizeBytes: 100 * MB,
      base: 'debian',
      executables: ['pilot-agent', 'curl', 'getent'],
    }),
  },
]
