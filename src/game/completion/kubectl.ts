/** Completion of kubectl's command lines: commands, flags and their values, types, names; from kubectl's own tables and the live objects. */
import type { Pod } from '../../api/generated/types/core-v1.ts'
import type { KindDefinition } from '../../api/kind.ts'
import type { FlagDefinition } from '../../kubectl/flags/pflag.ts'
import { definitionsOf, factsOf, findCommand } from '../../kubectl/flags/tree.ts'
import type { Candidate } from '../contract.ts'
import type { Sources } from './sources.ts'

const words = (...texts: string[]): Candidate[] => texts.map((text) => ({ text }))

/** What the arguments of a command are: objects of any type, objects of one type, or something of its own. */
type Arguments =
  | { readonly types: (kind: KindDefinition) => boolean }
  | { readonly names: string }
  | { readonly give: (sources: Sources, args: readonly string[]) => Candidate[] }

const any: Arguments = { types: () => true }
const oneOf = (...resources: string[]): Arguments => ({ types: (kind) => resources.includes(kind.resource) })
const WORKLOADS = ['deployments', 'daemonsets', 'statefulsets']

/** By the command's path; a shorter path stands for all below it. */
const ARGUMENTS: Readonly<Record<string, Arguments>> = {
  'kubectl get': any,
  'kubectl describe': any,
  'kubectl delete': any,
  'kubectl edit': any,
  'kubectl label': any,
  'kubectl annotate': any,
  'kubectl patch': any,
  'kubectl wait': any,
  'kubectl explain': { give: (sources, args) => (args.length === 0 ? sources.types() : []) },
  'kubectl scale': oneOf('deployments', 'statefulsets', 'replicasets'),
  'kubectl autoscale': oneOf('deployments', 'statefulsets', 'replicasets'),
  'kubectl expose': oneOf('deployments', 'services', 'pods', 'replicasets'),
  'kubectl rollout': oneOf(...WORKLOADS),
  'kubectl set image': oneOf(...WORKLOADS, 'pods', 'cronjobs'),
  'kubectl set': oneOf(...WORKLOADS, 'jobs', 'cronjobs', 'services'),
  'kubectl logs': { names: 'pods' },
  'kubectl exec': { names: 'pods' },
  'kubectl attach': { names: 'pods' },
  'kubectl debug': { names: 'pods' },
  'kubectl port-forward': { names: 'pods' },
  'kubectl cp': { names: 'pods' },
  'kubectl top pod': { names: 'pods' },
  'kubectl top node': { names: 'nodes' },
  'kubectl cordon': { names: 'nodes' },
  'kubectl uncordon': { names: 'nodes' },
  'kubectl drain': { names: 'nodes' },
  'kubectl taint': { give: (sources, args) => (args.length === 0 ? words('nodes') : sources.names(sources.kind('nodes')!)) },
  'kubectl auth can-i': {
    give: (sources, args) =>
      args.length === 0 ? words('get', 'list', 'watch', 'create', 'update', 'patch', 'delete', '*') : sources.types(),
  },
  'kubectl config use-context': { give: (sources) => sources.contexts.map((text) => ({ text })) },
  'kubectl config set-context': { give: (sources) => sources.contexts.map((text) => ({ text })) },
}

function argumentsOf(path: string): Arguments | undefined {
  for (let at = path; at.includes(' '); at = at.slice(0, at.lastIndexOf(' '))) {
    const found = ARGUMENTS[at]
    if (found !== undefined) return found
  }
  return undefined
}

const FORMATS = words('yaml', 'json', 'wide', 'name', 'jsonpath=', 'custom-columns=', 'go-template=')
/** Values of flags by the flag's long name. */
const VALUES: Readonly<Record<string, (sources: Sources, typed: string, args: readonly string[]) => Candidate[]>> = {
  namespace: (sources) => sources.names(sources.kind('namespaces')!),
  output: () => FORMATS,
  filename: (sources, typed) => sources.files(typed),
  kustomize: (sources, typed) => sources.files(typed, true),
  'from-file': (sources, typed) => sources.files(typed),
  'patch-file': (sources, typed) => sources.files(typed),
  'dry-run': () => words('client', 'server', 'none'),
  type: () => words('strategic', 'merge', 'json', 'ClusterIP', 'NodePort', 'LoadBalancer'),
  restart: () => words('Never', 'OnFailure', 'Always'),
  cascade: () => words('background', 'foreground', 'orphan'),
  for: () =>
    words('condition=Ready', 'condition=Available', 'condition=Complete', 'delete', 'create', "jsonpath='{.status.phase}'=Running"),
  context: (sources) => sources.contexts.map((text) => ({ text })),
  container: (sources, _typed, args) => containersOf(sources, args),
  selector: (sources) => labelsOf(sources),
  'sort-by': () => words('.metadata.name', '.metadata.creationTimestamp', '.status.startTime', '.lastTimestamp'),
}

function containersOf(sources: Sources, args: readonly string[]): Candidate[] {
  const name = args.map((a) => a.replace(/^pods?\//, '')).find((a) => a !== '')
  const pod = sources.objects(sources.kind('pods')!).find((p) => p.metadata.name === name) as Pod | undefined
  return [...(pod?.spec?.containers ?? []), ...(pod?.spec?.initContainers ?? [])].map((c) => ({ text: c.name, note: 'container' }))
}

function labelsOf(sources: Sources): Candidate[] {
  const found = new Set<string>()
  for (const pod of sources.objects(sources.kind('pods')!))
    for (const [key, value] of Object.entries(pod.metadata.labels ?? {})) found.add(`${key}=${value}`)
  return [...found].sort().map((text) => ({ text }))
}

const isValueFlag = (flag: FlagDefinition): boolean => flag.type !== 'bool' && flag.bare === undefined

/** The flag that a word names, if it is one. */
function flagOf(word: string, definitions: readonly FlagDefinition[]): FlagDefinition | undefined {
  if (word.startsWith('--')) return definitions.find((f) => f.name === word.slice(2).split('=')[0])
  return word.startsWith('-') && word.length > 1 ? definitions.find((f) => f.short === word.at(-1)) : undefined
}

/** The positional arguments of a command's words. */
function positional(rest: readonly string[], definitions: readonly FlagDefinition[]): string[] {
  const found: string[] = []
  for (let i = 0; i < rest.length; i++) {
    const word = rest[i]!
    if (!word.startsWith('-')) found.push(word)
    else if (!word.includes('=') && isValueFlag(flagOf(word, definitions) ?? { name: '', type: 'bool', default: '' })) i++
  }
  return found
}

function namespaceIn(rest: readonly string[]): string | undefined {
  for (const [i, word] of rest.entries()) {
    if (word === '-n' || word === '--namespace') return rest[i + 1]
    if (word.startsWith('--namespace=')) return word.slice('--namespace='.length)
    if (/^-n./.test(word)) return word.slice(2).replace(/^=/, '')
  }
  return undefined
}

/** Candidates for `typed` after the words of a kubectl command (`kubectl` itself left out). */
export function completeKubectl(sources: Sources, before: readonly string[], typed: string): Candidate[] {
  const { path, rest } = findCommand(before)
  const definitions = definitionsOf(path)
  const args = positional(rest, definitions)
  const last = before.at(-1)
  const dash = rest.indexOf('--')
  if (dash >= 0) return sources.files(typed)
  const waiting = last?.startsWith('-') && !last.includes('=') ? flagOf(last, definitions) : undefined
  if (waiting !== undefined && isValueFlag(waiting)) return VALUES[waiting.name]?.(sources, typed, args) ?? []
  const equals = /^(--[\w-]+=)(.*)$/.exec(typed)
  if (equals) {
    const flag = flagOf(equals[1]!.slice(0, -1), definitions)
    return (flag && VALUES[flag.name]?.(sources, equals[2]!, args))?.map((c) => ({ ...c, text: `${equals[1]}${c.text}` })) ?? []
  }
  if (typed.startsWith('-')) return flags(definitions)
  const subcommands = args.length === 0 ? (factsOf(path)?.subcommands ?? []) : []
  if (subcommands.length > 0) return subcommands.map((text) => ({ text }))
  return positionals(sources, path, args, typed, namespaceIn(rest))
}

const flags = (definitions: readonly FlagDefinition[]): Candidate[] =>
  definitions
    .map((f) => ({ text: `--${f.name}`, ...(f.short !== undefined && { note: `-${f.short}` }) }))
    .sort((a, b) => (a.text < b.text ? -1 : 1))

function positionals(sources: Sources, path: string, args: readonly string[], typed: string, namespace: string | undefined): Candidate[] {
  const wants = argumentsOf(path)
  if (wants === undefined) return []
  if ('give' in wants) return wants.give(sources, args)
  const slash = typed.indexOf('/')
  if (slash > 0) return withType(sources, typed.slice(0, slash), namespace)
  if ('names' in wants) return sources.names(sources.kind(wants.names)!, namespace)
  if (args.length === 0) return afterCommas(sources, typed, wants.types)
  if (args[0]!.includes('/')) return []
  const kind = sources.kind(args[0]!.split(',')[0]!)
  return kind ? sources.names(kind, namespace).filter((c) => !args.includes(c.text)) : []
}

const withType = (sources: Sources, type: string, namespace: string | undefined): Candidate[] => {
  const kind = sources.kind(type)
  return kind === undefined ? [] : sources.names(kind, namespace).map((c) => ({ ...c, text: `${type}/${c.text}` }))
}

/** `pods,services`: the last of several types; and `all`, a category. */
function afterCommas(sources: Sources, typed: string, fits: (kind: KindDefinition) => boolean): Candidate[] {
  const comma = typed.lastIndexOf(',') + 1
  const before = typed.slice(0, comma)
  const types = sources.types(fits)
  // A short name that is typed in full is kept: it means the type.
  const short = sources.kind(typed.slice(comma))
  const own = short?.shortNames.includes(typed.slice(comma)) ? [{ text: typed.slice(comma), note: short.resource }] : []
  return [...own, ...types].map((c) => ({ ...c, text: `${before}${c.text}` }))
}

/** Objects as `why` takes them: `pod/web-1`, or a type first. */
export function completeObject(sources: Sources, before: readonly string[], typed: string): Candidate[] {
  const slash = typed.indexOf('/')
  if (slash > 0) return withType(sources, typed.slice(0, slash), undefined)
  const kind = before[1] === undefined ? undefined : sources.kind(before[1])
  if (kind !== undefined) return sources.names(kind)
  const pods = sources.names(sources.kind('pods')!).map((c) => ({ text: `pod/${c.text}`, note: 'pod' }))
  const services = sources.names(sources.kind('services')!).map((c) => ({ text: `service/${c.text}`, note: 'service' }))
  const deployments = sources.names(sources.kind('deployments')!).map((c) => ({ text: `deployment/${c.text}`, note: 'deployment' }))
  return [...pods, ...services, ...deployments, ...sources.types()]
}
