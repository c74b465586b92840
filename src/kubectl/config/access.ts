/**
 * From kubeconfig and flags to who asks which server in which namespace (clientcmd's DeferredLoadingClientConfig).
 */

import { durationError, parseDuration } from '../../api/durations.ts'
import type { Access, KubectlHost } from '../contract.ts'
import { CommandError } from '../errors.ts'
import type { Flags } from '../flags/pflag.ts'
import { credentialsOf, fieldText as text } from './credentials.ts'
import { configPaths, type Fields, type Kubeconfig, loadKubeconfig } from './kubeconfig.ts'

export interface Target {
  readonly access: Access
  readonly namespace: string
  /** `-n` was given. */
  readonly enforced: boolean
  /** How long a request may take, ms; undefined: as long as it likes. */
  readonly timeoutMs: number | undefined
}

/** The context's cluster and user entries; throws as kubectl does for those that do not exist. */
function entries(
  config: Kubeconfig,
  flags: Flags,
): { context: Fields | undefined; cluster: Fields | undefined; user: Fields | undefined; userName: string; clusterName: string } {
  const contextName = flags.globalText('context') || config.currentContext
  const context = config.contexts.get(contextName)
  if (context === undefined && flags.globalText('context') !== '') {
    throw new CommandError(`Error in configuration: context was not found for specified context: ${contextName}`, 1, true)
  }
  if (context === undefined && contextName !== '')
    throw new CommandError(`Error in configuration: context was not found for specified context: ${contextName}`, 1, true)
  const userName = flags.globalText('user') || text(context, 'user')
  const user = config.users.get(userName)
  if (flags.globalText('user') !== '' && user === undefined) throw new CommandError(`auth info ${JSON.stringify(userName)} does not exist`)
  const clusterName = flags.globalText('cluster') || text(context, 'cluster')
  const cluster = config.clusters.get(clusterName)
  if (flags.globalText('cluster') !== '' && cluster === undefined)
    throw new CommandError(`no server found for cluster ${JSON.stringify(clusterName)}`)
  return { context, cluster, user, userName, clusterName }
}

function impersonation(flags: Flags, user: Fields | undefined, userName: string): Access['impersonate'] {
  const name = flags.globalText('as') || text(user, 'as')
  const groups = flags.list('as-group')
  if (name === '') {
    if (groups.length > 0 || flags.globalText('as-uid') !== '')
      throw new CommandError(`requesting uid, groups or user-extra for ${userName} without impersonating a user`)
    return undefined
  }
  const extra: Record<string, string[]> = {}
  for (const pair of flags.list('as-user-extra')) {
    const equals = pair.indexOf('=')
    if (equals < 1) continue
    const key = pair.slice(0, equals)
    extra[key] = [...(extra[key] ?? []), pair.slice(equals + 1)]
  }
  const uid = flags.globalText('as-uid')
  return { user: name, groups, extra, ...(uid === '' ? {} : { uid }) }
}

const folder = (path: string): string => path.slice(0, path.lastIndexOf('/')) || '/'

/** `--request-timeout`: seconds, or a duration; 0 is none. */
function requestTimeoutMs(flags: Flags): number | undefined {
  const given = flags.globalText('request-timeout')
  const seconds = /^[+-]?\d+$/.test(given) ? Number(given) : undefined
  if (seconds === undefined && durationError(given) !== undefined)
    throw new CommandError(
      'Invalid timeout value. Timeout must be a single integer in seconds, or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)',
    )
  return (seconds === undefined ? parseDuration(given) : seconds * 1000) || undefined
}

/** Who, where and in which namespace. Throws CommandError for a kubeconfig that says it badly. */
export function targetOf(host: KubectlHost, flags: Flags): Target {
  const config = loadKubeconfig(host, configPaths(host, flags.globalText('kubeconfig')))
  const { context, cluster, user, userName, clusterName } = entries(config, flags)
  const named = flags.globalText('namespace')
  const impersonate = impersonation(flags, user, userName)
  const folderOf = (entry: string): string => folder(config.origin.get(entry) ?? host.cwd)
  const access: Access = {
    server: flags.globalText('server') || text(cluster, 'server'),
    userEntry: userName,
    ...credentialsOf(
      host,
      flags,
      { name: userName, fields: user, folder: folderOf(`users/${userName}`) },
      { name: clusterName, fields: cluster, folder: folderOf(`clusters/${clusterName}`) },
    ),
    ...(impersonate === undefined ? {} : { impersonate }),
  }
  return { access, namespace: named || text(context, 'namespace') || 'default', enforced: named !== '', timeoutMs: requestTimeoutMs(flags) }
}
