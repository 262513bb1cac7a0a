/** What a name may be made of, for a field's `pattern`; the platform decides. */
export const NAME_PATTERN = "[^\\/:]*[^\\/:\\s][^\\/:]*";
/** Letters, digits, `_`, `-`; the platform refuses `latest` and names like v3 itself. */
export const ALIAS_PATTERN = "[A-Za-z0-9_\\-]+";
