export function withPlainConstructors(code: string): string;
