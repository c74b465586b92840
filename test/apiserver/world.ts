/** A small API server for tests: plain kinds, a clock that tests set, and short ways to ask. */
import { defineKind } from '../../src/api/define-kind.ts'
import { invalid, required } from '../../src/api/errors.ts'
import type { KindDefinition, UserInfo } from '../../src/api/kind.ts'
import type { ApiObject } from '../../src/api/meta.ts'
import { KindRegistry } from '../../src/api/registry.ts'
import type { AdmissionPlugin } from '../../src/apiserver/admission/contract.ts'
import type { ApiAnswer, ApiRequest } from '../../src/apiserver/contract.ts'
import { createApiServer } from '../../src/apiserver/create-api-server.ts'
import { createRandom } from '../../src/sim/random.ts'
import { Store } from '../../src/store/store.ts'

const blank = (o: ApiObject): string => (o ? '' : '-')
const cellsOf = (...names: string[]) => Object.fromEntries(names.map((n) => [n, blank]))

export const configMap = defineKind({
  group: '',
  version: 'v1',
  kind: 'ConfigMap',
  cells: { Data: (o) => Object.keys(o['data'] ?? {}).length },
})
export const pod = defineKind({
  group: '',
  version: 'v1',
  kind: 'Pod',
  generation: true,
  subresources: { status: true },
  fieldSelectors: { 'spec.nodeName': (o) => o['spec']?.nodeName ?? '', 'status.phase': (o) => o['status']?.phase ?? '' },
  cells: {
    ...cellsOf('Ready', 'Restarts', 'IP', 'Node', 'Nominated Node', 'Readiness Gates'),
    Status: (o) => o['status']?.phase ?? '',
  },
  setDefaults: (o) => {
    o['spec'] ??= {}
    o['spec'].restartPolicy ??= 'Always'
    o['spec'].terminationGracePeriodSeconds ??= 30
  },
  prepareForCreate: (o) => {
    o['status'] = { phase: 'Pending' }
  },
  validate: (o) => {
    const found = []
    if (!o['spec']?.containers?.length) found.push(required('spec.containers'))
    if (!['Always', 'OnFailure', 'Never'].includes(o['spec'].restartPolicy))
      found.push(invalid('spec.restartPolicy', o['spec'].restartPolicy, 'no'))
    return found
  },
  gracefulDeletion: (o, asked) =>
    !o['spec'].nodeName || o['status']?.phase === 'Succeeded' ? 0 : (asked ?? o['spec'].terminationGracePeriodSeconds),
})
export const deployment = defineKind({
  group: 'apps',
  version: 'v1',
  kind: 'Deployment',
  generation: true,
  subresources: { status: true, scale: { specReplicas: 'spec.replicas', statusReplicas: 'status.replicas' } },
  cells: cellsOf('Ready', 'Up-to-date', 'Available', 'Containers', 'Images', 'Selector'),
})
export const namespace = defineKind({
  group: '',
  version: 'v1',
  kind: 'Namespace',
  subresources: { status: true },
  cells: { Status: (o) => o['status']?.phase ?? '' },
  prepareForCreate: (o) => {
    o['spec'] = { finalizers: ['kubernetes'] }
    o['status'] = { phase: 'Active' }
  },
  markDeleted: (o) => {
    o['status'] = { ...o['status'], phase: 'Terminating' }
  },
  hasPendingFinalizers: (o) => (o['spec']?.finalizers?.length ?? 0) > 0,
})
const rbac = 'rbac.authorization.k8s.io'
const rbacKind = (kind: string, ...columns: string[]): KindDefinition =>
  defineKind({ group: rbac, version: 'v1', kind, cells: cellsOf(...columns), nameRule: () => [] })
export const kinds: readonly KindDefinition[] = [
  configMap,
  pod,
  deployment,
  namespace,
  rbacKind('Role'),
  rbacKind('ClusterRole'),
  rbacKind('RoleBinding', 'Role', 'Users', 'Groups', 'ServiceAccounts'),
  rbacKind('ClusterRoleBinding', 'Role', 'Users', 'Groups', 'ServiceAccounts'),
]

export const admin: UserInfo = { name: 'admin', groups: ['system:masters', 'system:authenticated'] }
export const dev: UserInfo = { name: 'dev', groups: ['system:authenticated'] }

/** 2026-11-20T06:00:00Z */
export const START = 1_795_154_400_000

export function createWorld(options: { kinds?: readonly KindDefinition[]; plugins?: readonly AdmissionPlugin[] } = {}) {
  const store = new Store()
  const clock = { nowMs: START }
  const registry = new KindRegistry(options.kinds ?? kinds)
  const server = createApiServer({
    store,
    registry,
    clock,
    random: createRandom('0'),
    plugins: options.plugins ?? [],
  })
  const ask = (verb: ApiRequest['verb'], resource: string, rest: Partial<ApiRequest> = {}): ApiAnswer => {
    const kind = registry.resolve(resource)
    const namespaced = kind?.namespaced ?? true
    return server.handle({
      verb,
      group: kind?.group ?? '',
      version: kind?.version ?? 'v1',
      resource: kind?.resource ?? resource,
      user: admin,
      ...(namespaced && { namespace: 'lab' }),
      ...rest,
    })
  }
  const ok = (verb: ApiRequest['verb'], resource: string, rest: Partial<ApiRequest> = {}): any => {
    const answer = ask(verb, resource, rest)
    if (answer.code >= 300) throw new Error(`${verb} ${resource}: ${JSON.stringify(answer.body)}`)
    return answer.body
  }
  const message = (verb: ApiRequest['verb'], resource: string, rest: Partial<ApiRequest> = {}): string => {
    const answer = ask(verb, resource, rest)
    return answer.code < 300 ? `ok ${answer.code}` : ((answer.body as { message?: string }).message ?? '')
  }
  return { store, clock, registry, server, ask, ok, message }
}

export const cm = (name: string, data?: Record<string, string>, metadata: object = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  ...(data && { data }),
})
export const aPod = (name: string, spec: object = {}, metadata: object = {}): ApiObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name, ...metadata },
  spec: { containers: [{ name: 'c', image: 'nginx' }], ...spec },
})
