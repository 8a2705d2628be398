using Darkroom.Worker.Cli;

return await DarkroomCli.RunAsync(args);
