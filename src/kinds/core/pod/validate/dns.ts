/**
 * Validation of a pod's DNS policy and configuration, and of its host aliases (upstream's validatePodDNSConfig, ValidateHostAliases).
 */
import { type FieldError, invalid, required } from '../../../../api/errors.ts'
import type { PodSpec } from '../../../../api/generated/types/core-v1.ts'
import { dns1123SubdomainErrors, ipErrors } from '../../../../api/names.ts'
import { checked } from '../../field-checks.ts'

const MAX_SERVERS = 3
const MAX_SEARCHES = 32
const MAX_SEARCH_CHARS = 2048

export function dnsConfigErrors(spec: PodSpec, path: string): FieldError[] {
  const config = spec.dnsConfig
  const found: FieldError[] = []
  if (spec.dnsPolicy === 'None') {
    if (!config) return [required(path, 'must provide `dnsConfig` when `dnsPolicy` is None')]
    if ((config.nameservers?.length ?? 0) === 0)
      return [required(`${path}.nameservers`, 'must provide at least one DNS nameserver when `dnsPolicy` is None')]
  }
  if (!config) return found
  const servers = config.nameservers ?? []
  const searches = config.searches ?? []
  if (servers.length > MAX_SERVERS)
    found.push(invalid(`${path}.nameservers`, servers, `must not have more than ${MAX_SERVERS} nameservers`))
  for (const [i, server] of servers.entries()) found.push(...checked(`${path}.nameservers[${i}]`, server, ipErrors(server)))
  if (searches.length > MAX_SEARCHES)
    found.push(invalid(`${path}.searches`, searches, `must not have more than ${MAX_SEARCHES} search paths`))
  if (searches.join(' ').length > MAX_SEARCH_CHARS)
    found.push(
      invalid(`${path}.searches`, searches, `must not have more than ${MAX_SEARCH_CHARS} characters (including spaces) in the search list`),
    )
  for (const [i, search] of searches.entries()) {
    const name = search.endsWith('.') && search !== '.' ? search.slice(0, -1) : search
    if (search !== '.') found.push(...checked(`${path}.searches[${i}]`, search, dns1123SubdomainErrors(name)))
  }
  for (const [i, option] of (config.options ?? []).entries())
    if (!option.name) found.push(required(`${path}.options[${i}]`, 'must not be empty'))
  return found
}

export const hostAliasErrors = (spec: PodSpec, path: string): FieldError[] =>
  (spec.hostAliases ?? []).flatMap((alias, i) => [
    ...checked(`${path}[${i}].ip`, alias.ip ?? '', ipErrors(alias.ip ?? '')),
    ...(alias.hostnames ?? []).flatMap((name, j) => checked(`${path}[${i}].hostnames[${j}]`, name, dns1123SubdomainErrors(name))),
  ])
