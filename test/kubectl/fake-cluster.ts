/**
 * A small API in memory for kubectl's tests: objects by kind, tables from the kinds' columns, strategic and merge patches. It stands in
 * for the API server where a test is about kubectl alone.
 */
import { ApiError, errors } from '../../src/api/errors.ts'
import type { KindDefinition } from '../../src/api/kind.ts'
import type { ApiObject } from '../../src/api/meta.ts'
import { applyMergePatch } from '../../src/api/patch/merge.ts'
import { applyStrategicPatch } from '../../src/api/patch/strategic.ts'
import { KindRegistry } from '../../src/api/registry.ts'
import { formatTime } from '../../src/api/rfc3339.ts'
import { matchesLabels, parseLabelSelector } from '../../src/api/selectors.ts'
import type { ApiAnswer, Table } from '../../src/apiserver/contract.ts'
import { builtInKinds } from '../../src/kinds/index.ts'
import type { KubectlHost, KubectlRequest, KubectlYield } from '../../src/kubectl/contract.ts'
import { runKubectl } from '../../src/kubectl/run.ts'
import { MemoryFiles } from '../../src/script/memory-files.ts'

const kubeconfig = `apiVersion: v1
kind: Config
clusters:
- name: lab
  cluster: {server: "https://127.0.0.1:6443"}
contexts:
- name: lab
  context: {cluster: lab, user: admin, namespace: lab}
current-context: lab
users:
- name: admin
  user: {token: secret}
`

export class FakeCluster {
  readonly kinds = new KindRegistry(builtInKinds)
  readonly objects = new Map<string, ApiObject>()
  nowMs = 1_000_000_000_000
  revision = 1
  readonly files = new MemoryFiles(undefined, { now: () => this.nowMs })
  env: Record<string, string> = { HOME: '/home', KUBECONFIG: '/home/.kubeconfig', EDITOR: 'cat' }
  input = ''
  readonly requests: KubectlRequest[] = []
  onEdit: (path: string) => number = () => 0

  constructor() {
    this.files.mkdir('/home')
    this.files.mkdir('/tmp')
    this.files.write('/home/.kubeconfig', kubeconfig)
    this.objects.set('/namespaces//lab', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lab', uid: 'uid-0' } })
  }

  file(name: string, text: string): void {
    const parts = name.split('/')
    for (let i = 1; i < parts.length; i++) {
      const folder = `/home/${parts.slice(0, i).join('/')}`
      if (this.files.stat(folder) === undefined) this.files.mkdir(folder)
    }
    this.files.write(`/home/${name}`, text)
  }

  handle(request: KubectlRequest): ApiAnswer {
    this.requests.push(request)
    try {
      return { code: 200, body: this.#answer(request), warnings: [] }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      return { code: error.status.code ?? 500, body: error.status, warnings: [] }
    }
  }

  #answer(request: KubectlRequest): unknown {
    const kind = this.kinds.byResource(request.group, request.version, request.resource)
    if (kind === undefined) throw errors.pageNotFound()
    const key = (name: string): string => `${kind.group}/${kind.resource}/${request.namespace ?? ''}/${name}`
    const found = (): ApiObject => {
      const object = this.objects.get(key(request.name!))
      if (object === undefined) throw errors.notFound(kind.group, kind.resource, request.name!)
      return object
    }
    switch (request.verb) {
      case 'get':
        return request.as === 'table' ? this.#table(kind, [found()]) : found()
      case 'list': {
        const items = this.#list(kind, request)
        return request.as === 'table'
          ? this.#table(kind, items)
          : { apiVersion: 'v1', kind: `${kind.kind}List`, metadata: { resourceVersion: String(this.revision) }, items }
      }
      case 'create': {
        const body = structuredClone(request.body) as ApiObject
        if (this.objects.has(key(body.metadata.name))) throw errors.alreadyExists(kind.group, kind.resource, body.metadata.name)
        if (kind.namespaced) body.metadata.namespace = request.namespace
        body.metadata.uid = `uid-${++this.revision}`
        body.metadata.creationTimestamp = formatTime(this.nowMs)
        return this.#put(key(body.metadata.name), body, request)
      }
      case 'update':
        found()
        return this.#put(key(request.name!), structuredClone(request.body) as ApiObject, request)
      case 'patch': {
        const before = found()
        const after =
          request.patchType === 'strategic'
            ? applyStrategicPatch(before, request.body, kind.schema)
            : (applyMergePatch(before, request.body) as ApiObject)
        return this.#put(key(request.name!), structuredClone(after), request, before)
      }
      case 'delete': {
        const gone = found()
        if (request.query?.dryRun !== true) this.objects.delete(key(request.name!))
        return {
          kind: 'Status',
          apiVersion: 'v1',
          metadata: {},
          status: 'Success',
          details: { name: request.name, uid: gone.metadata.uid },
        }
      }
      default:
        throw errors.methodNotAllowed(kind.group, kind.resource, request.verb)
    }
  }

  #put(key: string, object: ApiObject, request: KubectlRequest, before?: ApiObject): ApiObject {
    if (before !== undefined && JSON.stringify(before) === JSON.stringify(object)) return before
    object.metadata.resourceVersion = String(++this.revision)
    if (request.query?.dryRun !== true) this.objects.set(key, object)
    return object
  }

  #list(kind: KindDefinition, request: KubectlRequest): ApiObject[] {
    const selector = parseLabelSelector(request.query?.labelSelector ?? '')
    const prefix = `${kind.group}/${kind.resource}/${request.namespace === undefined ? '' : `${request.namespace}/`}`
    return [...this.objects.keys()]
      .filter((key) => key.startsWith(prefix))
      .sort()
      .map((key) => this.objects.get(key)!)
      .filter((object) => matchesLabels(selector, object.metadata.labels))
  }

  #table(kind: KindDefinition, items: readonly ApiObject[]): Table {
    return {
      apiVersion: 'meta.k8s.io/v1',
      kind: 'Table',
      metadata: { resourceVersion: String(this.revision) },
      columnDefinitions: kind.columns.map((c) => ({
        name: c.name,
        type: c.type,
        format: c.format ?? '',
        description: '',
        priority: c.priority,
      })),
      rows: items.map((object) => ({ cells: kind.columns.map((c) => c.value(object, { nowMs: this.nowMs })), object })),
    }
  }

  host(): KubectlHost {
    return {
      request: (request) => this.handle(request),
      kinds: () => this.kinds,
      path: () => ({ code: 200, body: { major: '1', minor: '36', gitVersion: 'v1.36.2' }, warnings: [] }),
      files: this.files,
      env: this.env,
      cwd: '/home',
      stdin: () => this.input,
      isTty: false,
      now: () => this.nowMs,
      random: (n) => (n * 0.123) % 1,
    }
  }

  /** Runs a command line (words split at spaces, quotes not understood; give an array for more). */
  run(command: string | readonly string[], input = ''): { out: string; err: string; all: string; code: number } {
    this.input = input
    const argv = typeof command === 'string' ? command.split(' ') : [...command]
    const steps = runKubectl(['kubectl', ...argv], this.host())
    let out = ''
    let err = ''
    let all = ''
    let step = steps.next()
    for (let i = 0; i < 10_000; i++) {
      if (step.done === true) return { out, err, all, code: step.value }
      const value: KubectlYield = step.value
      if ('out' in value) {
        out += value.out
        all += value.out
        step = steps.next()
      } else if ('err' in value) {
        err += value.err
        all += value.err
        step = steps.next()
      } else if ('edit' in value) step = steps.next({ exitCode: this.onEdit(value.edit.path) })
      else if ('sleepMs' in value) {
        this.nowMs += value.sleepMs
        step = steps.next()
      } else if ('forward' in value) throw new Error('this host forwards no ports')
      else {
        const satisfied = 'until' in value ? value.until() : value.attach.until()
        this.nowMs += satisfied ? 0 : (('until' in value ? value.timeoutMs : value.attach.timeoutMs) ?? 0)
        step = steps.next({ satisfied })
      }
    }
    throw new Error('the command did not end')
  }
}
