/** `/finalize`: changes the finalizers that a namespace keeps in its spec; the last one gone lets a deleted namespace go. */
import type { Namespace } from '../../api/generated/types/core-v1.ts'
import { cloneJson } from '../../api/walk.ts'
import { show } from '../read/list.ts'
import { existing, replaceObject } from '../write/update.ts'
import { isResource, type SubresourceDefinition } from './contract.ts'

export const finalize: SubresourceDefinition = {
  name: 'finalize',
  of: isResource('', 'namespaces'),
  verbs: {
    update: (x) => {
      const previous = existing(x)
      const wanted = x.request.body as Namespace
      const next = cloneJson(previous)
      if (wanted.metadata?.resourceVersion !== undefined) next.metadata.resourceVersion = wanted.metadata.resourceVersion
      next['spec'] = { ...next['spec'], finalizers: [...(wanted.spec?.finalizers ?? [])] }
      return show(x, 200, replaceObject(x, previous, next, 'part'))
    },
  },
}
