// A program that uses this package through a component library only.
const { Team } = require("openrouter-team");

new Team("search", { limit: 10 });
