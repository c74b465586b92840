/** Paths of a script's files: relative ones begin at its working directory. */
import { normalisePath } from '../../script/files.ts'
import type { ProcessContext } from '../contract.ts'

export const pathIn = (ctx: ProcessContext, path: string): string => normalisePath(path, ctx.cwd ?? '/')

/** `errno` of the codes that scripts see. */
export const ERRNO: Readonly<Record<string, number>> = {
  EPERM: 1,
  ENOENT: 2,
  EACCES: 13,
  EBUSY: 16,
  EEXIST: 17,
  ENOTDIR: 20,
  EISDIR: 21,
  EINVAL: 22,
  EFBIG: 27,
  ENOSPC: 28,
  EROFS: 30,
  ENAMETOOLONG: 36,
  ENOTEMPTY: 39,
}
