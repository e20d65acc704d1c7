export const renderDocs = (_spec: unknown): { readonly html: string; readonly csp: string } => ({ html: '', csp: '' });
