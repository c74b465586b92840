/** `/scale`: replicas of anything that scales, as autoscaling/v1 Scale. */
import { decodeObject } from '../../api/decode.ts'
import { definition } from '../../api/definitions.ts'
import { errors, invalid } from '../../api/errors.ts'
import type { ApiObject } from '../../api/meta.ts'
import { formatSelector, type LabelSelector, labelSelectorOf } from '../../api/selectors.ts'
import { cloneJson, getPath, setPath } from '../../api/walk.ts'
import type { SubresourceView } from '../admission/contract.ts'
import type { ApiAnswer } from '../contract.ts'
import type { Exchange } from '../exchange.ts'
import { patchDocument } from '../write/patch.ts'
import { checkFresh, existing, replaceObject } from '../write/update.ts'
import type { SubresourceDefinition } from './contract.ts'

const scaleSchema = () => definition('io.k8s.api.autoscaling.v1.Scale')

function selectorText(x: Exchange, object: ApiObject): string {
  const own = x.stored.subresources.scale!.selector
  return own === undefined ? formatSelector(labelSelectorOf(object.spec?.selector as LabelSelector | undefined)) : own(object)
}

function scaleOf(x: Exchange, object: ApiObject): ApiObject {
  const { specReplicas, statusReplicas } = x.stored.subresources.scale!
  const { name, namespace, uid, resourceVersion, creationTimestamp } = object.metadata
  const selector = selectorText(x, object)
  const replicas = getPath(object, specReplicas) as number | undefined
  return {
    kind: 'Scale',
    apiVersion: 'autoscaling/v1',
    metadata: {
      name,
      ...(namespace && { namespace }),
      ...(uid && { uid }),
      ...(resourceVersion && { resourceVersion }),
      ...(creationTimestamp && { creationTimestamp }),
    },
    spec: replicas === undefined ? {} : { replicas },
    status: { replicas: (getPath(object, statusReplicas) as number | undefined) ?? 0, ...(selector !== '' && { selector }) },
  }
}

const viewOf = (x: Exchange): SubresourceView => ({
  kind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  show: (object) => scaleOf(x, object),
})

function write(x: Exchange, previous: ApiObject, scale: ApiObject): ApiAnswer {
  const { object } = decodeObject<ApiObject>(scale, scaleSchema(), {
    kind: 'Scale',
    version: 'v1',
    ...(x.request.query?.fieldValidation && { fieldValidation: x.request.query.fieldValidation }),
  })
  const replicas = Number(object.spec?.replicas ?? 0)
  if (replicas < 0) {
    throw errors.invalid('autoscaling', 'Scale', previous.metadata.name, [
      invalid('spec.replicas', replicas, 'must be greater than or equal to 0'),
    ])
  }
  checkFresh(x, object, previous)
  const next = cloneJson(previous)
  setPath(next, x.stored.subresources.scale!.specReplicas, replicas)
  return x.answer(200, scaleOf(x, replaceObject(x, previous, next, 'part', viewOf(x))))
}

export const scale: SubresourceDefinition = {
  name: 'scale',
  of: (kind) => kind.subresources.scale !== undefined,
  responseKind: { group: 'autoscaling', version: 'v1', kind: 'Scale' },
  verbs: {
    get: (x) => x.answer(200, scaleOf(x, existing(x))),
    update: (x) => write(x, existing(x), x.request.body as ApiObject),
    patch: (x) => {
      const previous = existing(x)
      return write(x, previous, patchDocument(x, scaleOf(x, previous), scaleSchema()))
    },
  },
}
