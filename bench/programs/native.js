// This package with its native provider.
module.exports = require("pulumi-openrouter/native");
