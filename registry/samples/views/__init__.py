"""Pages of tubes and boxes: the branch's side and the laboratory's."""
