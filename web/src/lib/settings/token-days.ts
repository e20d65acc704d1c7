/** A token without an end would outlive the memory of it. */
export const tokenDays = [7, 30, 90, 365] as const;
