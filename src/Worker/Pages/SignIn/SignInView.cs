namespace Darkroom.Worker.Pages.SignIn;

/// <summary>What the page that signs people in shows.</summary>
/// <param name="Next">Where to go afterwards: a path of ours.</param>
/// <param name="Problem">Why the last try failed, or null.</param>
/// <param name="HasKeys">Whether there are access keys; without one the worker's token is asked for.</param>
public sealed record SignInView(string Next, string? Problem, bool HasKeys);
