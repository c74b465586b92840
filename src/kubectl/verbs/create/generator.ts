/**
 * What `create deployment`, `create secret generic` … share: the NAME argument, required flags, dry runs and how failures are told.
 */
import { ApiError } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { CommandError, messageOf, usageError } from '../../errors.ts'
import { dryRunOf, fieldValidation, teller, writeQuery } from '../../options.ts'
import { plainVerb, type VerbContext, type VerbDefinition } from '../../verb.ts'
import { withLastApplied } from '../apply/last-applied.ts'

export interface Generator {
  readonly path: string
  /** Flags that cobra marks as required. */
  readonly required?: readonly string[]
  /** Put before a server's refusal, which then is no longer told as one: `failed to create deployment: `. */
  readonly failure?: string
  /** More arguments than the name are the container's command. */
  readonly takesCommand?: boolean
  /** The object, without a namespace. */
  readonly make: (context: VerbContext, name: string) => ApiObject
}

/** `required flag(s) "image" not set`. */
export function checkRequired(context: VerbContext, names: readonly string[]): void {
  const missing = names.filter((name) => !context.flags.changed(name))
  if (missing.length > 0) throw new CommandError(`required flag(s) ${missing.map((name) => JSON.stringify(name)).join(', ')} not set`)
}

/** The one NAME of a generator. */
export function nameArgument(context: VerbContext, takesCommand = false): string {
  const before = context.dash >= 0 ? context.dash : context.args.length
  const names = takesCommand ? before : context.args.length
  if (names !== 1) throw usageError(context.path, `exactly one NAME is required, got ${names}`)
  return context.args[0]!
}

/** Sends a generated object, or tells of it in a dry run. */
export function sendGenerated(context: VerbContext, object: ApiObject, failure: string | undefined): void {
  const kind = context.kube.kinds.byKind(object.apiVersion, object.kind)
  if (kind === undefined)
    throw new CommandError(`no matches for kind ${JSON.stringify(object.kind)} in version ${JSON.stringify(object.apiVersion)}`)
  const enforced = kind.namespaced && context.kube.target.enforced
  const placed = enforced ? { ...object, metadata: { ...object.metadata, namespace: context.kube.namespace } } : object
  const body = context.flags.has('save-config') && context.flags.bool('save-config') ? withLastApplied(placed) : placed
  const tell = teller(context)
  fieldValidation(context)
  if (dryRunOf(context) === 'client') {
    tell(kind, body, 'created')
    return
  }
  try {
    tell(
      kind,
      context.kube.create(kind, kind.namespaced ? context.kube.namespace : undefined, body, { query: writeQuery(context) }),
      'created',
    )
  } catch (error) {
    if (!(error instanceof ApiError) || failure === undefined) throw error
    throw new CommandError(`${failure}${messageOf(error)}`)
  }
}

export const generatorVerb = (generator: Generator): VerbDefinition =>
  plainVerb(generator.path, (context) => {
    checkRequired(context, generator.required ?? [])
    const name = nameArgument(context, generator.takesCommand)
    dryRunOf(context)
    sendGenerated(context, generator.make(context, name), generator.failure)
    return 0
  })

/** The words after NAME (and `--`): a container's command. */
export const commandOf = (context: VerbContext): readonly string[] => context.args.slice(1)

/** `a=1,b=2` as a map, in the words of kubectl's ParseLabels. */
export function parsePairs(text: string, complaint = 'unexpected label spec: '): Record<string, string> {
  const out: Record<string, string> = {}
  if (text === '') return out
  for (const pair of text.split(',')) {
    const equals = pair.indexOf('=')
    if (equals < 0 || pair.indexOf('=', equals + 1) >= 0) throw new CommandError(`${complaint}${pair}`)
    out[pair.slice(0, equals)] = pair.slice(equals + 1)
  }
  return out
}

/** The signs of names that are drawn (apimachinery's rand). */
const RANDOM_SIGNS = 'bcdfghjklmnpqrstvwxz2456789'

/** The name a container gets from its image: `nginx` of `registry/nginx:1.27@sha256:…`. What is no label gets a random end. */
export function containerName(context: VerbContext, image: string): string {
  const last = image.slice(image.lastIndexOf('/') + 1)
  const bare = last.split('@')[0]!.split(':')[0]!
  if (!/[_.]/.test(bare)) return bare
  const end = Array.from({ length: 5 }, (_, i) => RANDOM_SIGNS[Math.floor(context.host.random(i) * RANDOM_SIGNS.length)]).join('')
  return `${bare.replace(/[_.]/g, '-')}-${end}`
}
