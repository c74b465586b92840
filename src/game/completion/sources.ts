/** Where candidates come from: the player's files, and the live objects that the player may list. */
import { parseDocument } from 'yaml'
import type { KindDefinition, UserInfo } from '../../api/kind.ts'
import type { ApiObject } from '../../api/meta.ts'
import { storeResource } from '../../api/registry.ts'
import { normalisePath } from '../../script/files.ts'
import { describeShell } from '../../script/language/shell.ts'
import { HOME, type Session } from '../../session/session.ts'
import type { Candidate } from '../contract.ts'

const MAX_NAMES = 300

export class Sources {
  readonly session: Session

  constructor(session: Session) {
    this.session = session
  }

  get cwd(): string {
    return describeShell(this.session.shell).cwd
  }

  get #user(): UserInfo {
    const { name, groups } = this.session.options.user ?? { name: 'admin', groups: ['system:masters'] }
    return { name, groups: [...groups, 'system:authenticated'] }
  }

  /** The namespace of the kubeconfig's current context. */
  get namespace(): string {
    const { files } = this.session
    const path = describeShell(this.session.shell).env['KUBECONFIG'] ?? `${HOME}/.kubeconfig`
    const text = files.stat(path)?.kind === 'file' ? files.read(path) : ''
    return contextOf(text).namespace
  }

  get contexts(): readonly string[] {
    const path = describeShell(this.session.shell).env['KUBECONFIG'] ?? `${HOME}/.kubeconfig`
    const text = this.session.files.stat(path)?.kind === 'file' ? this.session.files.read(path) : ''
    return contextOf(text).contexts
  }

  kind(text: string): KindDefinition | undefined {
    return this.session.world.registry.resolve(text)
  }

  /** Objects of a kind that the player may list. */
  objects(kind: KindDefinition, namespace = this.namespace): readonly ApiObject[] {
    const { world } = this.session
    const where = kind.namespaced ? { namespace } : {}
    if (!world.server.authorizer.allows(this.#user, { verb: 'list', group: kind.group, resource: kind.resource, ...where })) return []
    return world.cluster.read.list(storeResource(kind), kind.namespaced ? namespace : undefined)
  }

  names(kind: KindDefinition, namespace?: string): Candidate[] {
    return this.objects(kind, namespace)
      .slice(0, MAX_NAMES)
      .map((o) => ({ text: o.metadata.name, note: kind.singular }))
  }

  /** Types by their plural names; where two groups share one, the first alone is bare. */
  types(fits: (kind: KindDefinition) => boolean = () => true): Candidate[] {
    const { registry } = this.session.world
    const seen = new Set<string>()
    const found: Candidate[] = []
    for (const kind of registry.all) {
      if (!fits(kind) || registry.byStoreName(storeResource(kind)) !== kind) continue
      const text = registry.resolve(kind.resource) === kind ? kind.resource : `${kind.resource}.${kind.group}`
      if (seen.has(text)) continue
      seen.add(text)
      found.push({ text, note: kind.shortNames[0] ?? kind.kind })
    }
    return found
  }

  /** Files and directories that a typed path may mean; directories end in `/`. */
  files(typed: string, onlyDirectories = false): Candidate[] {
    const { files } = this.session
    const slash = typed.lastIndexOf('/') + 1
    const shown = typed.slice(0, slash)
    const home = shown.startsWith('~/') ? `${HOME}${shown.slice(1)}` : shown
    const folder = normalisePath(home === '' ? '.' : home, this.cwd)
    if (files.stat(folder)?.kind !== 'directory') return []
    const last = typed.slice(slash)
    return files
      .list(folder)
      .filter((name) => name.startsWith('.') === last.startsWith('.'))
      .map((name) => ({ name, directory: files.stat(folder === '/' ? `/${name}` : `${folder}/${name}`)?.kind === 'directory' }))
      .filter(({ directory }) => directory || !onlyDirectories)
      .map(({ name, directory }) => ({ text: `${shown}${name}${directory ? '/' : ''}` }))
  }
}

interface Contexts {
  readonly namespace: string
  readonly contexts: readonly string[]
}
let parsed: { text: string; contexts: Contexts } | undefined

/** Parsed once for each text. */
function contextOf(text: string): Contexts {
  if (parsed?.text !== text) parsed = { text, contexts: readContexts(text) }
  return parsed.contexts
}

function readContexts(text: string): Contexts {
  try {
    const config = parseDocument(text).toJS() as {
      'current-context'?: string
      contexts?: { name: string; context?: { namespace?: string } }[]
    } | null
    const current = config?.contexts?.find((c) => c.name === config['current-context'])
    return { namespace: current?.context?.namespace ?? 'default', contexts: config?.contexts?.map((c) => c.name) ?? [] }
  } catch {
    return { namespace: 'default', contexts: [] }
  }
}
