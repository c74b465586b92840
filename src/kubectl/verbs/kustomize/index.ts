/**
 * `kubectl kustomize DIR`: prints what the kustomization makes.
 */
import { normalisePath } from '../../../script/files.ts'
import { CommandError } from '../../errors.ts'
import { buildKustomization } from '../../kustomize/build.ts'
import { toYaml } from '../../printers/yaml.ts'
import { plainVerb } from '../../verb.ts'

export const kustomizeVerb = plainVerb('kubectl kustomize', (context) => {
  if (context.args.length > 1) throw new CommandError('specify one path to kustomization.yaml')
  const restrictor = context.flags.text('load-restrictor')
  if (restrictor !== 'LoadRestrictionsRootOnly' && restrictor !== 'LoadRestrictionsNone')
    throw new CommandError(
      `illegal flag value --load-restrictor ${restrictor}; legal values: [LoadRestrictionsRootOnly LoadRestrictionsNone]`,
    )
  const text = buildKustomization(context.host, context.args[0] ?? '.', restrictor === 'LoadRestrictionsRootOnly')
    .map(toYaml)
    .join('---\n')
  const output = context.flags.text('output')
  if (output === '') context.out(text)
  else context.host.files.write(normalisePath(output, context.host.cwd), text)
  return 0
})
