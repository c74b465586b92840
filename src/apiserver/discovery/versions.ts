/** Which Kubernetes this API server says it is: the release whose facts it was built from. */
export const KUBERNETES_VERSION = 'v1.36.2'

export const versionInfo = (): Readonly<Record<string, string>> => ({
  major: '1',
  minor: '36',
  emulationMajor: '1',
  emulationMinor: '36',
  minCompatibilityMajor: '1',
  minCompatibilityMinor: '35',
  gitVersion: KUBERNETES_VERSION,
  gitCommit: '',
  gitTreeState: '',
  buildDate: '1970-01-01T00:00:00Z',
  goVersion: 'go1.27.3',
  compiler: 'gc',
  platform: 'linux/amd64',
})
