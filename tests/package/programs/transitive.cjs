// A program that uses our resources through a component library only.
const { Team } = require("openrouter-team");

new Team("search", { limit: 10 });
