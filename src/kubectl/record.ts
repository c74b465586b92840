/** `--record`, deprecated and named by no help: the command line goes into the object's change cause (cli-runtime's RecordFlags). */
import type { ApiObject } from '../api/meta.ts'
import type { FlagDefinition } from './flags/pflag.ts'
import type { Info } from './resources/builder.ts'
import type { VerbContext } from './verb.ts'

const CHANGE_CAUSE = 'kubernetes.io/change-cause'

export const recordFlag: FlagDefinition = {
  name: 'record',
  type: 'bool',
  default: 'false',
  deprecated: '--record will be removed in the future',
}

/** Commands that take the flag. */
export const recordingCommands: readonly string[] = [
  ...['annotate', 'apply', 'autoscale', 'create', 'edit', 'expose', 'label', 'patch', 'run', 'scale'],
  ...['set image', 'set resources', 'set selector', 'set serviceaccount'],
].map((verb) => `kubectl ${verb}`)

/** What is written: the command and its arguments, then its flags by their long names. Undefined where nothing is to be recorded. */
export function changeCause({ path, flags, args }: VerbContext): string | undefined {
  if (!flags.has('record') || !flags.bool('record')) return undefined
  return [path, ...args, ...flags.asGiven.map(([name, value]) => `--${name}=${value}`)].join(' ')
}

/** The object with the change cause, or as it is. */
export function recorded(context: VerbContext, object: ApiObject): ApiObject {
  const cause = changeCause(context)
  if (cause === undefined) return object
  return { ...object, metadata: { ...object.metadata, annotations: { ...object.metadata?.annotations, [CHANGE_CAUSE]: cause } } }
}

/** The change cause as a patch, for what is written otherwise than as a whole. */
export function recordPatch(context: VerbContext): { metadata: { annotations: Record<string, string> } } | undefined {
  const cause = changeCause(context)
  return cause === undefined ? undefined : { metadata: { annotations: { [CHANGE_CAUSE]: cause } } }
}

/** Tells the server the change cause once the change itself was made. */
export function recordAfter(context: VerbContext, info: Info): void {
  const patch = recordPatch(context)
  if (patch !== undefined) context.kube.patch(info.kind, info.namespace, info.name, patch, 'merge')
}
