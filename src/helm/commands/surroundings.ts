/** `helm version`, `env`, `repo` and what needs a network or a registry, which the lab has not. */
import { HelmError } from '../chart/contract.ts'
import { bool, HELM_VERSION, type HelmCommand, plain, text } from '../contract.ts'

const NO_NETWORK = 'the lab has no chart repository, registry or network: use a chart in a folder or a .tgz file here'

const versionCommand: HelmCommand = {
  path: 'version',
  summary: 'print the client version information',
  usage: '[flags]',
  flags: [bool('short'), text('template')],
  args: [0, 0],
  run: plain((context) => {
    if (context.flags.text('template') !== '') throw new HelmError('--template is not simulated here')
    context.out(
      context.flags.bool('short')
        ? `${HELM_VERSION}\n`
        : `version.BuildInfo{Version:"${HELM_VERSION}", GitCommit:"", GitTreeState:"clean", GoVersion:""}\n`,
    )
    return 0
  }),
}

const envCommand: HelmCommand = {
  path: 'env',
  summary: 'helm client environment information',
  usage: '[flags]',
  flags: [],
  args: [0, 1],
  run: plain((context) => {
    const { env } = context.host
    const home = env.HOME ?? ''
    const variables: Record<string, string> = {
      HELM_BIN: 'helm',
      HELM_CACHE_HOME: `${home}/.cache/helm`,
      HELM_CONFIG_HOME: `${home}/.config/helm`,
      HELM_DATA_HOME: `${home}/.local/share/helm`,
      HELM_DEBUG: String(context.flags.bool('debug')),
      HELM_DRIVER: env.HELM_DRIVER ?? 'secret',
      HELM_KUBECONTEXT: context.flags.text('kube-context'),
      HELM_MAX_HISTORY: '10',
      HELM_NAMESPACE: context.namespace,
    }
    const [only] = context.args
    context.out(
      only === undefined
        ? Object.entries(variables)
            .map(([k, v]) => `${k}="${v}"\n`)
            .join('')
        : `${variables[only] ?? ''}\n`,
    )
    return 0
  }),
}

const absent = (path: string, summary: string): HelmCommand => ({
  path,
  summary,
  usage: '[flags]',
  flags: [],
  args: [0, 100],
  run: plain(() => {
    throw new HelmError(NO_NETWORK)
  }),
})

const empty = (path: string, summary: string, words: string): HelmCommand => ({
  path,
  summary,
  usage: '[flags]',
  flags: [],
  args: [0, 100],
  run: plain(() => {
    throw new HelmError(words)
  }),
})

export const surroundingCommands: readonly HelmCommand[] = [
  versionCommand,
  envCommand,
  absent('repo add', 'add a chart repository'),
  empty('repo list', 'list chart repositories', 'no repositories to show'),
  empty(
    'repo update',
    'update information of available charts locally from chart repositories',
    'no repositories found. You must add one before updating',
  ),
  absent('repo remove', 'remove one or more chart repositories'),
  absent('repo index', 'generate an index file given a directory containing packaged charts'),
  empty('search repo', 'search repositories for a keyword in charts', 'no repositories configured'),
  absent('search hub', 'search for charts in the Artifact Hub'),
  absent('pull', 'download a chart from a repository'),
  absent('push', 'push a chart to remote'),
  absent('registry login', 'login to a registry'),
  absent('registry logout', 'logout from a registry'),
]
