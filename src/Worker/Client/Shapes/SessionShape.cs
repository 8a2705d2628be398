namespace Darkroom.Worker.Client.Shapes;

/// <summary>Who is signed in.</summary>
/// <param name="Name">The name of the key, or local.</param>
/// <param name="Role">viewer, operator or admin.</param>
/// <param name="CsrfHeader">The header that a change of state by cookie needs.</param>
/// <param name="CsrfToken">Its value.</param>
public sealed record SessionShape(
    string Name,
    string Role,
    string CsrfHeader,
    string CsrfToken);
