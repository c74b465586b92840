/**
 * The pod template of a past revision, as `rollout history --revision` describes it.
 */

interface Container {
  name: string
  image?: string
  ports?: { containerPort: number; protocol?: string; hostPort?: number }[]
  command?: string[]
  args?: string[]
  env?: {
    name: string
    value?: string
    valueFrom?: Record<string, { name?: string; key?: string; fieldPath?: string; apiVersion?: string }>
  }[]
  resources?: { limits?: Record<string, string>; requests?: Record<string, string> }
  volumeMounts?: { name: string; mountPath: string; readOnly?: boolean }[]
}

interface Template {
  metadata?: { labels?: Record<string, string>; annotations?: Record<string, string> }
  spec?: {
    containers?: Container[]
    initContainers?: Container[]
    serviceAccountName?: string
    volumes?: { name: string }[]
    nodeSelector?: Record<string, string>
    tolerations?: { key?: string; value?: string; effect?: string; operator?: string }[]
  }
}

const pairs = (map: Readonly<Record<string, string>> | undefined, join: string): string[] =>
  Object.keys(map ?? {})
    .sort()
    .map((key) => `${key}${join}${map![key]}`)

const listed = (title: string, lines: readonly string[]): string =>
  lines.length === 0 ? `${title}:\t<none>\n` : lines.map((line, i) => `${i === 0 ? `${title}:` : ''}\t${line}\n`).join('')

function environment(container: Container): string {
  if ((container.env ?? []).length === 0) return '    Environment:\t<none>\n'
  return `    Environment:\n${container.env!.map((e) => `      ${e.name}:\t${value(e)}\n`).join('')}`
}

function value(entry: NonNullable<Container['env']>[number]): string {
  const from = entry.valueFrom
  if (from === undefined) return entry.value ?? ''
  if (from.configMapKeyRef !== undefined)
    return `<set to the key '${from.configMapKeyRef.key}' of config map '${from.configMapKeyRef.name}'>\tOptional: false`
  if (from.secretKeyRef !== undefined)
    return `<set to the key '${from.secretKeyRef.key}' in secret '${from.secretKeyRef.name}'>\tOptional: false`
  if (from.fieldRef !== undefined) return ` (${from.fieldRef.apiVersion ?? 'v1'}:${from.fieldRef.fieldPath})`
  return ''
}

function describeContainer(container: Container): string {
  const ports = container.ports ?? []
  const port = ports.map((p) => `${p.containerPort}/${p.protocol ?? 'TCP'}`).join(', ')
  const host = ports.map((p) => `${p.hostPort ?? 0}/${p.protocol ?? 'TCP'}`).join(', ')
  const many = ports.length > 1 ? 's' : ''
  let out = `   ${container.name}:\n    Image:\t${container.image ?? ''}\n    Port${many}:\t${port || '<none>'}\n    Host Port${many}:\t${host || '<none>'}\n`
  if (container.command) out += `    Command:\n${container.command.map((word) => `      ${word}\n`).join('')}`
  if (container.args) out += `    Args:\n${container.args.map((word) => `      ${word}\n`).join('')}`
  for (const [title, map] of [
    ['Limits', container.resources?.limits],
    ['Requests', container.resources?.requests],
  ] as const) {
    if (Object.keys(map ?? {}).length > 0)
      out += `    ${title}:\n${pairs(map, ':\t')
        .map((line) => `      ${line}\n`)
        .join('')}`
  }
  out += environment(container)
  const mounts = (container.volumeMounts ?? []).map((m) => `${m.mountPath} from ${m.name} (${m.readOnly ? 'ro' : 'rw'})`)
  out +=
    mounts.length === 0
      ? '    Mounts:\t<none>\n'
      : `    Mounts:\n${mounts
          .sort()
          .map((m) => `      ${m}\n`)
          .join('')}`
  return out
}

/** `Pod Template:` and what follows, fields separated by tabs. */
export function describeTemplate(template: unknown): string {
  const { metadata, spec } = template as Template
  let out = `Pod Template:\n${listed('  Labels', pairs(metadata?.labels, '='))}`
  const annotations = pairs(metadata?.annotations, ': ')
  if (annotations.length > 0) out += listed('  Annotations', annotations)
  if (spec?.serviceAccountName) out += `  Service Account:\t${spec.serviceAccountName}\n`
  if (spec?.initContainers?.length) out += `  Init Containers:\n${spec.initContainers.map(describeContainer).join('')}`
  out += `  Containers:\n${(spec?.containers ?? []).map(describeContainer).join('')}`
  out += spec?.volumes?.length ? `  Volumes:\n${spec.volumes.map((v) => `   ${v.name}:\n`).join('')}` : '  Volumes:\t<none>\n'
  out += listed('  Node-Selectors', pairs(spec?.nodeSelector, '='))
  out += listed(
    '  Tolerations',
    (spec?.tolerations ?? []).map(
      (t) => `${t.key ?? ''}${t.value ? `=${t.value}` : ''}${t.effect ? `:${t.effect}` : ''}${t.operator === 'Exists' ? ' op=Exists' : ''}`,
    ),
  )
  return out
}
