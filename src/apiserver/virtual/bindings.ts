/** `POST …/bindings`: the older door to a pod's `/binding`. */
import { errors } from '../../api/errors.ts'
import { Exchange } from '../exchange.ts'
import { bindingOf, bindPod } from '../subresources/binding.ts'
import type { VirtualResource } from './contract.ts'

export const bindings: VirtualResource = {
  group: '',
  version: 'v1',
  resource: 'bindings',
  singular: 'binding',
  kind: 'Binding',
  namespaced: true,
  create: (server, request) => {
    const { metadata = {} } = bindingOf(request)
    const kind = server.registry.byResource('', 'v1', 'pods')
    if (kind === undefined) throw errors.pageNotFound()
    return bindPod(new Exchange(server, { ...request, resource: 'pods', name: metadata.name ?? '' }, kind))
  },
}
