/** NodeRestriction: a kubelet may change only its own node and the pods bound to it (plugin/pkg/admission/noderestriction). */
import { errors } from '../../../api/errors.ts'
import type { Pod } from '../../../api/generated/types/core-v1.ts'
import type { AdmissionPlugin, AdmissionRequest } from '../contract.ts'

const USER = 'system:node:'
const GROUP = 'system:nodes'

function validate(request: AdmissionRequest): void {
  const { user, resource, operation } = request
  if (!user.name.startsWith(USER) || !user.groups.includes(GROUP)) return
  const node = user.name.slice(USER.length)
  const name = request.name || (request.object ?? request.old)?.metadata.name || ''
  const refuse = (plural: string, why: string): never => {
    throw errors.forbidden('', plural, name, why)
  }
  if (resource === 'nodes') {
    if (name !== node) refuse('nodes', `node ${JSON.stringify(node)} is not allowed to modify node ${JSON.stringify(name)}`)
    return
  }
  const pod = (request.old ?? request.object) as Pod
  if (pod.spec?.nodeName === node) return
  const verb = operation === 'DELETE' ? 'delete' : operation === 'CREATE' ? 'create' : 'update'
  refuse('pods', `node ${JSON.stringify(node)} can only ${verb} pods with spec.nodeName set to itself`)
}

export const nodeRestriction: AdmissionPlugin = {
  name: 'NodeRestriction',
  resources: ['nodes', 'pods'],
  operations: ['CREATE', 'UPDATE', 'DELETE'],
  subresources: ['', 'status'],
  validate,
}
