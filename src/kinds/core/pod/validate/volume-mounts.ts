/**
 * Validation of a container's volume mounts and block devices (upstream's ValidateVolumeMounts and ValidateVolumeDevices).
 */
import { type FieldError, forbidden, invalid, notFound, required } from '../../../../api/errors.ts'
import type { Container, VolumeMount } from '../../../../api/generated/types/core-v1.ts'
import { checked, descendingPath, noBacksteps, unsupported } from '../../field-checks.ts'
import type { VolumesByName } from './volumes.ts'

function subPathErrors(mount: VolumeMount, listPath: string, path: string): FieldError[] {
  const found: FieldError[] = []
  if (mount.subPath) found.push(...descendingPath(mount.subPath, `${listPath}.subPath`))
  if (mount.subPathExpr) {
    if (mount.subPath) found.push(invalid(`${path}.subPathExpr`, mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive'))
    found.push(...descendingPath(mount.subPathExpr, `${listPath}.subPathExpr`))
  }
  return found
}

function propagationErrors(mount: VolumeMount, container: Container, path: string): FieldError[] {
  const mode = mount.mountPropagation
  if (mode === undefined || mode === null) return []
  const known = ['Bidirectional', 'HostToContainer', 'None']
  if (!known.includes(mode)) return [unsupported(path, mode, known)]
  return mode === 'Bidirectional' && container.securityContext?.privileged !== true
    ? [{ type: 'Forbidden', field: path, detail: 'Bidirectional mount propagation is available only to privileged containers' }]
    : []
}

/** A mount of an image volume takes the image whole. */
function imageMountErrors(mount: VolumeMount, volumes: VolumesByName, path: string): FieldError[] {
  if (!volumes.get(mount.name)?.image) return []
  return (['subPath', 'subPathExpr'] as const).flatMap((field) =>
    mount[field] ? [invalid(`${path}.${field}`, mount[field], 'not allowed in image volume sources')] : [],
  )
}

const rroModes = ['Disabled', 'Enabled', 'IfPossible']

function recursiveReadOnlyErrors(mount: VolumeMount, path: string): FieldError[] {
  const mode = mount.recursiveReadOnly
  if (mode === undefined || mode === null || mode === 'Disabled') return []
  if (!rroModes.includes(mode)) return [unsupported(path, mode, rroModes)]
  const found: FieldError[] = []
  if (!mount.readOnly) found.push(forbidden(path, 'may only be specified when readOnly is true'))
  if (mount.mountPropagation && mount.mountPropagation !== 'None')
    found.push(forbidden(path, 'may only be specified when mountPropagation is None or not specified'))
  return found
}

export function volumeMountErrors(container: Container, volumes: VolumesByName, path: string): FieldError[] {
  const found: FieldError[] = []
  const paths = new Set<string>()
  const devices = container.volumeDevices ?? []
  for (const [i, mount] of (container.volumeMounts ?? []).entries()) {
    const at = `${path}[${i}]`
    const mountPath = mount.mountPath ?? ''
    if (!mount.name) found.push(required(`${at}.name`))
    if (!volumes.has(mount.name)) found.push(notFound(`${at}.name`, mount.name ?? ''))
    if (mountPath === '') found.push(required(`${at}.mountPath`))
    if (paths.has(mountPath)) found.push(invalid(`${at}.mountPath`, mountPath, 'must be unique'))
    paths.add(mountPath)
    if (devices.some((d) => d.name === mount.name))
      found.push(...checked(`${at}.name`, mount.name, ['must not already exist in volumeDevices']))
    if (devices.some((d) => d.devicePath === mountPath))
      found.push(invalid(`${at}.mountPath`, mountPath, 'must not already exist as a path in volumeDevices'))
    found.push(
      ...imageMountErrors(mount, volumes, at),
      ...subPathErrors(mount, path, at),
      ...propagationErrors(mount, container, `${path}.mountPropagation`),
      ...recursiveReadOnlyErrors(mount, `${path}.recursiveReadOnly`),
    )
  }
  return found
}

export function volumeDeviceErrors(container: Container, volumes: VolumesByName, path: string): FieldError[] {
  const found: FieldError[] = []
  const names = new Set<string>()
  const paths = new Set<string>()
  for (const [i, device] of (container.volumeDevices ?? []).entries()) {
    const at = `${path}[${i}]`
    if (!device.name) found.push(required(`${at}.name`))
    if (names.has(device.name)) found.push(invalid(`${at}.name`, device.name, 'must be unique'))
    const volume = volumes.get(device.name)
    if (volume && !volume.persistentVolumeClaim && !volume.ephemeral)
      found.push(invalid(`${at}.name`, device.name, 'can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode'))
    if (!volume) found.push(notFound(`${at}.name`, device.name))
    if (!device.devicePath) found.push(required(`${at}.devicePath`))
    if (paths.has(device.devicePath)) found.push(invalid(`${at}.devicePath`, device.devicePath, 'must be unique'))
    if (device.devicePath && noBacksteps(device.devicePath, '').length > 0)
      found.push(invalid(`${at}.devicePath`, device.devicePath, "can not contain backsteps ('..')"))
    else paths.add(device.devicePath)
    const mounts = container.volumeMounts ?? []
    if (mounts.some((m) => m.name === device.name)) found.push(invalid(`${at}.name`, device.name, 'must not already exist in volumeMounts'))
    if (mounts.some((m) => m.mountPath === device.devicePath))
      found.push(invalid(`${at}.devicePath`, device.devicePath, 'must not already exist as a path in volumeMounts'))
    if (device.name) names.add(device.name)
  }
  return found
}
