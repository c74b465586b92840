/** `/approval`: approving and denying certificate signing requests touches their conditions only. */
import type { ApiObject } from '../../api/meta.ts'
import type { ApiAnswer } from '../contract.ts'
import { decodeBody } from '../decode-body.ts'
import type { Exchange } from '../exchange.ts'
import { getObject, show } from '../read/list.ts'
import { patchedObject } from '../write/patch.ts'
import { checkName, existing, replaceStatus } from '../write/update.ts'
import { isResource, type SubresourceDefinition } from './contract.ts'

function write(x: Exchange, previous: ApiObject, wanted: ApiObject): ApiAnswer {
  const status = { ...previous['status'], conditions: wanted['status']?.conditions ?? [] }
  return show(x, 200, replaceStatus(x, previous, { ...wanted, status }))
}

export const approval: SubresourceDefinition = {
  name: 'approval',
  of: isResource('certificates.k8s.io', 'certificatesigningrequests'),
  verbs: {
    get: getObject,
    update: (x) => {
      const wanted = decodeBody(x)
      checkName(x, wanted)
      return write(x, existing(x), wanted)
    },
    patch: (x) => {
      const previous = existing(x)
      return write(x, previous, patchedObject(x, previous))
    },
  },
}
