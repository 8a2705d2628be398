using Microsoft.Extensions.Options;

namespace Darkroom.Worker.Api;

/// <summary>Checks <see cref="ApiOptions"/>, with key and bounds.</summary>
[OptionsValidator]
public sealed partial class ApiOptionsValidator : IValidateOptions<ApiOptions>;
