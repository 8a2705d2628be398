namespace Darkroom.Worker.Client.Shapes;

/// <summary>What <c>darkroom limits --forget</c> dropped.</summary>
/// <param name="Endpoint">The endpoint whose limits they were.</param>
/// <param name="Key">The key they belonged to, as <c>darkroom limits</c> names it.</param>
/// <param name="Forgotten">What was dropped; empty when nothing was learned.</param>
public sealed record ForgottenLimitsShape(string Endpoint, string Key, IReadOnlyList<ForgottenLimitShape> Forgotten);
