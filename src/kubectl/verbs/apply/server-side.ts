/**
 * `apply --server-side`: the configuration goes to the server as an apply patch; conflicts are told with kubectl's advice.
 */
import { ApiError } from '../../../api/errors.ts'
import type { ApiObject } from '../../../api/meta.ts'
import { CommandError } from '../../errors.ts'
import { dryRunOf, type Teller, writeQuery } from '../../options.ts'
import type { Info } from '../../resources/builder.ts'
import type { VerbContext } from '../../verb.ts'

const advice = `Please review the fields above--they currently have other managers. Here
are the ways you can resolve this warning:
* If you intend to manage all of these fields, please re-run the apply
  command with the \`--force-conflicts\` flag.
* If you do not intend to manage all of the fields, please edit your
  manifest to remove references to the fields that should keep their
  current managers.
* You may co-own fields by updating your manifest to match the existing
  value; in this case, you'll become the manager if the other manager(s)
  stop managing the field (remove it from their configuration).
See https://kubernetes.io/docs/reference/using-api/server-side-apply/#conflicts`

/** The manager's name: `kubectl` unless `--field-manager` says otherwise. */
const managerOf = (context: VerbContext): string =>
  context.flags.changed('field-manager') ? context.flags.text('field-manager') : 'kubectl'

/** Applies one object. Throws with the advice above on conflicts. */
export function serverSide(context: VerbContext, info: Info, tell: Teller): ApiObject {
  const query = {
    ...writeQuery(context),
    fieldManager: managerOf(context),
    force: context.flags.bool('force-conflicts'),
    ...(dryRunOf(context) === 'server' ? { dryRun: true } : {}),
  }
  try {
    const subresource = context.flags.text('subresource')
    const applied = context.kube.patch(info.kind, info.namespace, info.name, info.object!, 'apply', {
      query,
      ...(subresource === '' ? {} : { subresource }),
    })
    tell(info.kind, applied, 'serverside-applied')
    return applied
  } catch (error) {
    if (error instanceof ApiError && error.status.reason === 'Conflict') throw new CommandError(`${error.status.message ?? ''}\n${advice}`)
    throw error
  }
}
