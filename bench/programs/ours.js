// This package.
module.exports = require("pulumi-openrouter");
