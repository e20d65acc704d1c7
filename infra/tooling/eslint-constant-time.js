// A comparison that ends at the first difference tells by its time how much of a secret was guessed. In the vault, bytes, and text made of
// bytes, are therefore compared with `timingSafeEqual` alone. The types say what is bytes; where a value is public, the line says so.

const BYTES = /^(Uint8Array|Uint8ClampedArray|Buffer|ArrayBuffer|DataView)\b/;
const EQUALITY = new Set(['===', '!==', '==', '!=']);
const COMPARERS = new Set(['equals', 'compare', 'startsWith', 'endsWith', 'localeCompare', 'isEqual', 'deepEqual', 'isDeepStrictEqual']);
/** What makes text or bytes of a secret: `bytes.toString('hex')`, `hmac.digest()`, `hash(…)`, and helpers named after an encoding. */
const ENCODERS = /^(hex|base64|hash|toHex|toBase64|digest|export)/i;

export const constantTime = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { compare: 'Compare bytes with timingSafeEqual: anything else ends at the first difference and tells where it was.' },
  },
  create: (context) => {
    const services = context.sourceCode.parserServices;
    const checker = services.program.getTypeChecker();

    const isBytes = (node) => {
      const type = services.getTypeAtLocation(node);
      return (type.isUnion() ? type.types : [type]).some((one) => BYTES.test(checker.typeToString(one)));
    };
    // A literal place is a field of a public format, such as a version.
    const isElement = (node) =>
      node.type === 'MemberExpression' && node.computed && node.property.type !== 'Literal' && isBytes(node.object);
    const isEncoded = (node) => {
      if (node.type !== 'CallExpression') return false;
      const { callee } = node;
      if (callee.type === 'Identifier') return ENCODERS.test(callee.name);
      if (callee.type !== 'MemberExpression' || callee.property.type !== 'Identifier') return false;
      return ENCODERS.test(callee.property.name) || (callee.property.name === 'toString' && isBytes(callee.object));
    };
    const isNothing = (node) =>
      (node.type === 'Literal' && node.value === null) || (node.type === 'Identifier' && node.name === 'undefined');

    return {
      BinaryExpression: (node) => {
        const sides = [node.left, node.right];
        if (!EQUALITY.has(node.operator) || sides.some(isNothing)) return;
        if (sides.some((side) => isBytes(side) || isElement(side) || isEncoded(side))) context.report({ node, messageId: 'compare' });
      },
      CallExpression: (node) => {
        const { callee } = node;
        const name = callee.type === 'Identifier' ? callee.name : callee.property?.name;
        if (!COMPARERS.has(name)) return;
        const compared = callee.type === 'MemberExpression' ? [callee.object, ...node.arguments] : node.arguments;
        if (compared.some((one) => isBytes(one) || isEncoded(one))) context.report({ node, messageId: 'compare' });
      },
    };
  },
};
