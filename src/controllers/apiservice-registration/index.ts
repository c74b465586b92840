/**
 * Keeps an APIService for each group version that CustomResourceDefinitions serve: the API server serves them itself. Models kube-aggregator's
 * autoregister and CRD registration controllers. Runs in the API server.
 */
import type { CustomResourceDefinition } from '../../api/generated/types/apiextensions-v1.ts'
import type { ApiObject } from '../../api/meta.ts'
import type { IndexedReader } from '../../api/reader.ts'
import type { ControllerDefinition, ObjectChange, ReconcileContext } from '../../client/contract.ts'

const APISERVICES = 'apiservices.apiregistration.k8s.io'
const DEFINITIONS = 'customresourcedefinitions.apiextensions.k8s.io'
const MANAGED = 'kube-aggregator.kubernetes.io/automanaged'
const GROUP_PRIORITY = 1000
const VERSION_PRIORITY = 100

const served = (definition: CustomResourceDefinition): string[] =>
  definition.spec.versions.filter((v) => v.served).map((v) => `${v.name}.${definition.spec.group}`)

const namesOf = ({ before, after }: ObjectChange): string[] => [
  ...new Set([before, after].flatMap((d) => (d === undefined ? [] : served(d as CustomResourceDefinition)))),
]

const isServed = (name: string, read: IndexedReader): boolean =>
  (read.list(DEFINITIONS) as readonly CustomResourceDefinition[]).some((d) => served(d).includes(name))

function reconcile(name: string, { read, write }: ReconcileContext): void {
  const known = read.get(APISERVICES, undefined, name) as ApiObject | undefined
  const wanted = isServed(name, read)
  if (known !== undefined && !wanted && known.metadata.labels?.[MANAGED] === 'true') write.delete(APISERVICES, undefined, name)
  if (known !== undefined || !wanted) return
  const dot = name.indexOf('.')
  const apiService = {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name, labels: { [MANAGED]: 'true' } },
    spec: {
      group: name.slice(dot + 1),
      groupPriorityMinimum: GROUP_PRIORITY,
      version: name.slice(0, dot),
      versionPriority: VERSION_PRIORITY,
    },
  }
  write.create(APISERVICES, apiService as never)
}

export const apiServiceRegistration: ControllerDefinition = {
  name: 'apiservice-registration',
  watches: [
    { resource: DEFINITIONS, map: namesOf },
    { resource: APISERVICES, own: true },
  ],
  reconcile,
}
