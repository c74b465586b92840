/** Stands in for optional packages that a bundle must not need. */
export default {}
