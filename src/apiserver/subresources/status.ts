/** `/status`: reads the whole object, writes its status and nothing else. */

import type { ApiObject } from '../../api/meta.ts'
import { decodeBody } from '../decode-body.ts'
import type { Exchange } from '../exchange.ts'
import { getObject, show } from '../read/list.ts'
import { patchedObject } from '../write/patch.ts'
import { checkName, existing, replaceStatus } from '../write/update.ts'
import type { SubresourceDefinition } from './contract.ts'

/** Objects of the cluster's own parts are taken as they are: only their status is read. */
const givenObject = (x: Exchange): ApiObject => (x.internal ? x.toStored(x.request.body as ApiObject) : decodeBody(x))

export const status: SubresourceDefinition = {
  name: 'status',
  of: (kind) => kind.subresources.status === true,
  verbs: {
    get: getObject,
    update: (x) => {
      const next = givenObject(x)
      checkName(x, next)
      return show(x, 200, replaceStatus(x, existing(x), next))
    },
    patch: (x) => {
      const previous = existing(x)
      return show(x, 200, replaceStatus(x, previous, patchedObject(x, previous)))
    },
  },
}
