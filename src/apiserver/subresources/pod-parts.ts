/** `/ephemeralcontainers` and `/resize`: the two parts of a running pod's spec that may change through a door of their own. */
import type { FieldError } from '../../api/errors.ts'
import type { Container, Pod } from '../../api/generated/types/core-v1.ts'
import type { ApiObject } from '../../api/meta.ts'
import { cloneJson } from '../../api/walk.ts'
import { podResizeErrors } from '../../kinds/core/pod/validate/resize.ts'
import type { ApiAnswer } from '../contract.ts'
import { decodeBody } from '../decode-body.ts'
import type { Exchange } from '../exchange.ts'
import { getObject, show } from '../read/list.ts'
import { patchedObject } from '../write/patch.ts'
import { checkName, existing, replaceObject } from '../write/update.ts'
import { refuse } from '../write/validation.ts'
import { isResource, type SubresourceDefinition } from './contract.ts'

type Take = (next: Pod, wanted: Pod) => void
/** What a part of its own may not change. */
type Judge = (next: Pod, previous: Pod) => FieldError[]

function takeEphemeral(next: Pod, wanted: Pod): void {
  next.spec!.ephemeralContainers = wanted.spec?.ephemeralContainers ?? []
}

function takeResources(next: Pod, wanted: Pod): void {
  const take = (own: Container[] | undefined, given: readonly Container[] | undefined): void => {
    for (const container of own ?? []) {
      const other = given?.find((c) => c.name === container.name)
      if (other?.resources !== undefined) container.resources = other.resources
      if (other?.resizePolicy !== undefined) container.resizePolicy = other.resizePolicy
    }
  }
  take(next.spec?.containers, wanted.spec?.containers)
  take(next.spec?.initContainers, wanted.spec?.initContainers)
}

interface Door {
  readonly take: Take
  readonly judge?: Judge
}

function write(x: Exchange, previous: ApiObject, wanted: ApiObject, { take, judge }: Door): ApiAnswer {
  const next = cloneJson(previous)
  if (wanted.metadata.resourceVersion !== undefined) next.metadata.resourceVersion = wanted.metadata.resourceVersion
  take(next as Pod, wanted as Pod)
  refuse(x, previous.metadata.name, judge?.(next as Pod, previous as Pod) ?? [])
  return show(x, 200, replaceObject(x, previous, next, 'part'))
}

const part = (name: string, door: Door): SubresourceDefinition => ({
  name,
  of: isResource('', 'pods'),
  verbs: {
    get: getObject,
    update: (x) => {
      const wanted = decodeBody(x)
      checkName(x, wanted)
      return write(x, existing(x), wanted, door)
    },
    patch: (x) => {
      const previous = existing(x)
      return write(x, previous, patchedObject(x, previous), door)
    },
  },
})

export const ephemeralContainers = part('ephemeralcontainers', { take: takeEphemeral })
export const resize = part('resize', { take: takeResources, judge: podResizeErrors })
