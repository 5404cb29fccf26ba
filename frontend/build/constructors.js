// Four charts make a constructor out of text, only so that it bears a name. The page's policy forbids code made of
// text, for good reasons, so they get the same constructor without the name. A version that does anything else with
// `new Function` does not pass the build.
const NAMED = /new Function\(`return \(function \$\{\w+\}\(\)\{ typeof this\.init === 'function' && this\.init\.apply\(this, \[\]\.slice\.call\(arguments\)\) \}\);`\)\(\)/g;
const PLAIN = 'function(){typeof this.init==="function"&&this.init.apply(this,[].slice.call(arguments))}';

/** The code with its constructors made plainly. Throws if other code made of text stays in it. */
export function withPlainConstructors(code) {
  const changed = code.replace(NAMED, PLAIN);
  if (changed.includes("new Function(")) throw new Error("It makes code out of text, which the page's policy forbids.");
  return changed;
}

export function plainConstructors() {
  return {
    name: "plain-constructors",
    transform(code, id) {
      if (!id.includes("node_modules") || !code.includes("new Function(")) return null;
      try {
        return { code: withPlainConstructors(code), map: null };
      } catch (error) {
        return this.error(`${id}: ${error.message}`);
      }
    },
  };
}
