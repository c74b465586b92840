/** Packed charts and packed releases: tar and gzip, with helm's own complaints. */
import { ArchiveError, readArchive, writeArchive } from '../../script/archive.ts'
import { bytesFromText, textFromBytes } from '../../script/bytes.ts'
import { GzipError, gunzip, gzip, isGzip } from '../../script/gzip.ts'
import { type ChartFile, HelmError } from './contract.ts'

/** Throws HelmError where it is no gzip. */
export function unzipped(bytes: Uint8Array): Uint8Array {
  if (!isGzip(bytes)) throw new HelmError('gzip: invalid header')
  try {
    return gunzip(bytes)
  } catch (error) {
    if (error instanceof GzipError) throw new HelmError('unexpected EOF')
    throw error
  }
}

/** A `.tgz` of files, as text of escaped bytes. */
export const packed = (files: readonly ChartFile[], mtimeMs: number): string =>
  textFromBytes(gzip(writeArchive(files.map(({ name, text }) => ({ name, kind: 'file' as const, mode: 0o644, mtimeMs, text })))))

/** The files of a `.tgz`. Throws HelmError. */
export function unpacked(text: string): ChartFile[] {
  try {
    return readArchive(unzipped(bytesFromText(text)))
      .filter((entry) => entry.kind === 'file')
      .map((entry) => ({ name: entry.name.replace(/^\.\//, ''), text: entry.text ?? '' }))
  } catch (error) {
    if (error instanceof ArchiveError) throw new HelmError(`archive/tar: ${error.message}`)
    throw error
  }
}
